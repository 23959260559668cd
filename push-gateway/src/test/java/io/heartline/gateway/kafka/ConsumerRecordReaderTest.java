package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;
import org.junit.jupiter.api.Test;

class ConsumerRecordReaderTest {

    private final ConsumerRecordReader reader = new ConsumerRecordReader();
    private final RecordHeaders headers = new RecordHeaders();

    @Test
    void fieldsAreTheRecords() {
        ConsumerRecord<byte[], byte[]> record = record("alice", "{}");

        assertThat(reader.offset(record)).isEqualTo(7);
        assertThat(reader.loggedAt(record)).isEqualTo(1_007);
        assertThat(reader.key(record)).asString().isEqualTo("alice");
        assertThat(reader.value(record)).asString().isEqualTo("{}");
    }

    @Test
    void missingKeyAndValue_areNull() {
        ConsumerRecord<byte[], byte[]> record = record(null, null);

        assertThat(reader.key(record)).isNull();
        assertThat(reader.value(record)).isNull();
    }

    @Test
    void lastHeader_isTheLastOfItsName() {
        headers.add("traceparent", utf8("first")).add("other", utf8("x")).add("traceparent", utf8("last"));
        headers.add("empty", null);
        ConsumerRecord<byte[], byte[]> record = record("alice", "{}");

        assertThat(reader.lastHeader(record, "traceparent")).asString().isEqualTo("last");
        assertThat(reader.lastHeader(record, "empty")).isNull();
        assertThat(reader.lastHeader(record, "tracestate")).isNull();
    }

    private ConsumerRecord<byte[], byte[]> record(String key, String value) {
        return new ConsumerRecord<>(
                "likes",
                3,
                7,
                1_007,
                TimestampType.LOG_APPEND_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key == null ? null : utf8(key),
                value == null ? null : utf8(value),
                headers,
                Optional.empty());
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
