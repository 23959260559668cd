package io.heartline.events;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;

/** A {@link LikeEvent} as a Kafka record: key, value, and the headers of a CloudEvent 1.0 in binary mode. */
public final class LikeEventRecord {

    private static final Header SPEC_VERSION = header("ce_specversion", "1.0");
    private static final Header LIKED = header("ce_type", "io.heartline." + Liked.TYPE);
    private static final Header UNLIKED = header("ce_type", "io.heartline." + Unliked.TYPE);
    private static final Header CONTENT_TYPE = header("content-type", "application/json");

    private LikeEventRecord() {}

    /**
     * Returns the record of an event, whose partition Kafka's client chooses by the key.
     *
     * @param topic the topic's name
     * @param event the event
     * @param source the CloudEvents {@code source}: a URI reference that names the writer of the record
     * @return the record
     */
    public static ProducerRecord<byte[], byte[]> of(String topic, LikeEvent event, String source) {
        return of(topic, null, event, source);
    }

    /**
     * Returns the record of an event for the partition that its author has in this log. The partition is fixed, so the record does
     * not follow the topic if its partition count changes.
     *
     * @param log the log
     * @param event the event
     * @param source the CloudEvents {@code source}: a URI reference that names the writer of the record
     * @return the record
     */
    public static ProducerRecord<byte[], byte[]> of(LikesLog log, LikeEvent event, String source) {
        return of(log.topic(), log.partitionOf(event.authorId()), event, source);
    }

    private static ProducerRecord<byte[], byte[]> of(String topic, Integer partition, LikeEvent event, String source) {
        byte[] key = utf8(event.authorId());
        String time = EventTime.format(event.at());
        List<Header> headers = List.of(
                SPEC_VERSION,
                header("ce_id", event.id()),
                header("ce_source", source),
                event instanceof Liked ? LIKED : UNLIKED,
                header("ce_subject", event.postId()),
                header("ce_time", time),
                new EventHeader("ce_partitionkey", key),
                CONTENT_TYPE);
        return new ProducerRecord<>(topic, partition, key, LikeEventJson.encode(event, time), headers);
    }

    private static Header header(String name, String value) {
        return new EventHeader(name, utf8(value));
    }

    private record EventHeader(String key, byte[] value) implements Header {}

    private static byte[] utf8(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
