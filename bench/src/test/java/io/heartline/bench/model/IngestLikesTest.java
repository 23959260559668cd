package io.heartline.bench.model;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
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
    void events_have160Bytes_andAreReadable(int authors) throws Exception {
        for (ProducerRecord<byte[], byte[]> record : new IngestLikes(authors).records("likes")) {
            assertThat(record.value()).hasSize(IngestLikes.EVENT_BYTES);
            assertThat(LikeEventJson.decode(record.key(), record.value())).isInstanceOf(LikeEvent.class);
        }
    }

    @Test
    void authors_areLikedInTurn() {
        List<ProducerRecord<byte[], byte[]>> records = new IngestLikes(3).records("likes");

        assertThat(records.subList(0, 4))
                .extracting(record -> new String(record.key(), StandardCharsets.US_ASCII))
                .containsExactly("author-0", "author-1", "author-2", "author-0");
    }

    @Test
    void likes_areDifferent() {
        List<byte[]> bodies = new IngestLikes(1000).bodies();

        HashSet<String> different = new HashSet<>();
        bodies.forEach(body -> different.add(new String(body, StandardCharsets.US_ASCII)));

        assertThat(different).hasSameSizeAs(bodies).hasSizeGreaterThanOrEqualTo(20_000);
    }

    @Test
    void line_isTheBodyAndALineFeed() {
        IngestLikes likes = new IngestLikes(1000);

        assertThat(new String(likes.lines().get(7), StandardCharsets.US_ASCII))
                .isEqualTo(new String(likes.bodies().get(7), StandardCharsets.US_ASCII) + "\n");
    }
}
