package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.entry;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.Test;

class LikeEventRecordTest {

    @Test
    void record_isACloudEventInBinaryMode() throws Exception {
        Unliked event = new Unliked("e-1", "p-1", "alice", "bob", Instant.parse("2026-11-24T10:00:00.12Z"));

        ProducerRecord<byte[], byte[]> record = LikeEventRecord.of("likes", event, "/test");

        Map<String, String> headers = new LinkedHashMap<>();
        record.headers().forEach(h -> headers.put(h.key(), new String(h.value(), StandardCharsets.UTF_8)));
        assertThat(headers)
                .containsExactly(
                        entry("ce_specversion", "1.0"),
                        entry("ce_id", "e-1"),
                        entry("ce_source", "/test"),
                        entry("ce_type", "io.heartline.unliked"),
                        entry("ce_subject", "p-1"),
                        entry("ce_time", "2026-11-24T10:00:00.120Z"),
                        entry("ce_partitionkey", "alice"),
                        entry("content-type", "application/json"));
        assertThat(record.partition()).as("left to the default partitioner").isNull();
        assertThat(record.value()).isEqualTo(LikeEventJson.encode(event));
        assertThat(LikeEventJson.decode(record.key(), record.value())).isEqualTo(event);
    }
}
