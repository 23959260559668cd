package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.ContinuationWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class TextMessagesTest {

    private final TextMessages texts = new TextMessages();

    @Test
    void wholeText_isReturned() {
        assertThat(texts.add(new TextWebSocketFrame("é"))).isEqualTo("é");
        assertThat(texts.add(new TextWebSocketFrame(""))).isEmpty();
    }

    @Test
    void parts_areJoined_alsoWithinACharacter_andAroundAPing() {
        byte[] e = "é".getBytes(StandardCharsets.UTF_8);

        assertThat(texts.add(new TextWebSocketFrame(false, 0, bytes(e[0])))).isNull();
        assertThat(texts.add(new PingWebSocketFrame(bytes('p')))).isNull();
        assertThat(texts.add(new ContinuationWebSocketFrame(false, 0, bytes(e[1]))))
                .isNull();
        assertThat(texts.add(new ContinuationWebSocketFrame(true, 0, bytes('!'))))
                .isEqualTo("é!");
    }

    @Test
    void binaryInParts_isNoText() {
        assertThat(texts.add(new BinaryWebSocketFrame(bytes('a')))).isNull();
        assertThat(texts.add(new BinaryWebSocketFrame(false, 0, bytes('a')))).isNull();
        assertThat(texts.add(new ContinuationWebSocketFrame(true, 0, bytes('b'))))
                .isNull();
        assertThat(texts.add(new TextWebSocketFrame("text"))).isEqualTo("text");
    }

    private static ByteBuf bytes(int... bytes) {
        ByteBuf buffer = Unpooled.buffer();
        for (int each : bytes) {
            buffer.writeByte(each);
        }
        return buffer;
    }
}
