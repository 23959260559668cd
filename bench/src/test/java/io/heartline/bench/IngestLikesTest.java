package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IngestLikesTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 1000, 30_000})
    void everyEvent_isOf160BytesAndReadable(int authors) throws Exception {
        for (ProducerRecord<byte[], byte[]> record : new IngestLikes(authors).records("likes")) {
            assertThat(record.value()).hasSize(IngestLikes.EVENT_BYTES);
            assertThat(LikeEventJson.decode(record.key(), record.value())).isInstanceOf(LikeEvent.class);
        }
    }

    @Test
    void everyAuthor_isLikedInTurn() {
        List<ProducerRecord<byte[], byte[]>> records = new IngestLikes(3).records("likes");

        assertThat(records.subList(0, 4))
                .extracting(record -> new String(record.key(), StandardCharsets.US_ASCII))
                .containsExactly("author-0", "author-1", "author-2", "author-0");
    }

    @Test
    void noTwoLikes_areAlike() {
        List<byte[]> bodies = new IngestLikes(1000).bodies();

        HashSet<String> different = new HashSet<>();
        bodies.forEach(body -> different.add(new String(body, StandardCharsets.US_ASCII)));

        assertThat(different).hasSameSizeAs(bodies).hasSizeGreaterThanOrEqualTo(20_000);
    }

    @Test
    void lines_areTheBodiesAgainAndAgain() {
        IngestLikes likes = new IngestLikes(20_001);
        StringBuilder sent = new StringBuilder();

        try (IngestLikes.Lines made = likes.lines()) {
            for (int written = 0; written < 45_000; ) {
                int some = made.inARow(written, Math.min(7000, 45_000 - written));
                ByteBuf slice = made.slice(written, some);
                sent.append(slice.toString(StandardCharsets.US_ASCII));
                slice.release();
                written += some;
            }
        }

        List<byte[]> bodies = likes.bodies();
        String[] lines = sent.toString().split("\n");
        assertThat(lines).hasSize(45_000);
        for (int i = 0; i < lines.length; i++) {
            assertThat(lines[i]).isEqualTo(new String(bodies.get(i % 20_001), StandardCharsets.US_ASCII));
        }
    }
}
