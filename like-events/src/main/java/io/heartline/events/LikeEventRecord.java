package io.heartline.events;

import java.nio.charset.StandardCharsets;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Headers;

/** A {@link LikeEvent} as a Kafka record: key, value, and the headers of a CloudEvent 1.0 in binary mode. */
public final class LikeEventRecord {

    private LikeEventRecord() {}

    /** @param source the CloudEvents {@code source}: a URI reference that names who wrote the record */
    public static ProducerRecord<byte[], byte[]> of(String topic, LikeEvent event, String source) {
        ProducerRecord<byte[], byte[]> record =
                new ProducerRecord<>(topic, utf8(event.authorId()), LikeEventJson.encode(event));
        Headers headers = record.headers();
        headers.add("ce_specversion", utf8("1.0"));
        headers.add("ce_id", utf8(event.id()));
        headers.add("ce_source", utf8(source));
        headers.add("ce_type", utf8("io.heartline." + event.type()));
        headers.add("ce_subject", utf8(event.postId()));
        headers.add("content-type", utf8("application/json"));
        return record;
    }

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
