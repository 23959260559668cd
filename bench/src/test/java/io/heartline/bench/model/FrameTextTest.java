package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class FrameTextTest {

    @Test
    void dueTime_isFoundInEventAndFrame() {
        byte[] event = LikeEventJson.encode(
                new Liked("e-1", "p-1", "alice", FrameText.likerId(1_234_567_890_123L, 9), Instant.now()));
        ByteBuf frame = Unpooled.wrappedBuffer(utf8("{\"kind\":\"like\",\"event\":"), event, utf8("}"));

        assertThat(FrameText.dueTime(Unpooled.wrappedBuffer(event))).isEqualTo(1_234_567_890_123L);
        assertThat(FrameText.dueTime(frame)).isEqualTo(1_234_567_890_123L);
    }

    @Test
    void dueTime_isReadFromTheReaderIndex() {
        ByteBuf buffer = Unpooled.wrappedBuffer(utf8("\"likerId\":\"1-1\" \"likerId\":\"22-1\"}"));

        assertThat(FrameText.dueTime(buffer)).isEqualTo(1);
        assertThat(FrameText.dueTime(buffer.skipBytes(5))).isEqualTo(22);
    }

    @Test
    void textWithoutDueTime_throws() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameText.dueTime(Unpooled.wrappedBuffer(utf8("{\"likerId\":\"bob-1\"}"))));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FrameText.dueTime(Unpooled.wrappedBuffer(utf8("{\"kind\":\"hello\"}"))));
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
