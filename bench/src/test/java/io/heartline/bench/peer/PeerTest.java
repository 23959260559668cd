package io.heartline.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.model.FrameText;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class PeerTest {

    @Test
    void frame_containsPositionAndLoggedEvent() {
        byte[] event = LikeEventJson.encode(new Liked("e-1", "p-1", "alice", FrameText.likerId(42, 9), Instant.EPOCH));

        ByteBuf frame = Peer.frame(new ConsumerRecord<>("likes", 3, 1042, new byte[0], event));

        assertThat(FrameText.dueTime(frame)).isEqualTo(42);
        assertThat(frame.toString(StandardCharsets.UTF_8))
                .startsWith("{\"kind\":\"like\",\"position\":\"3-1042\",")
                .endsWith("\"event\":" + new String(event, StandardCharsets.UTF_8) + "}");
    }
}
