package io.heartline.gateway.kafka;

import io.heartline.gateway.stream.RecordReader;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/** Reads the fields of a record that Kafka's client returned. */
public final class ConsumerRecordReader implements RecordReader<ConsumerRecord<byte[], byte[]>> {

    @Override
    public long offset(ConsumerRecord<byte[], byte[]> record) {
        return record.offset();
    }

    @Override
    public long loggedAt(ConsumerRecord<byte[], byte[]> record) {
        return record.timestamp();
    }

    @Override
    public byte @Nullable [] key(ConsumerRecord<byte[], byte[]> record) {
        return record.key();
    }

    @Override
    public byte @Nullable [] value(ConsumerRecord<byte[], byte[]> record) {
        return record.value();
    }

    @Override
    public byte @Nullable [] lastHeader(ConsumerRecord<byte[], byte[]> record, String name) {
        Header header = record.headers().lastHeader(name);
        return header == null ? null : header.value();
    }
}
