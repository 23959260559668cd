package io.heartline.gateway.stream;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.jspecify.annotations.Nullable;

/**
 * A record that the gateway keeps in memory. It is validated and encoded once, when the first follower needs it. Guarded by
 * the partition's lock once it is in the ring.
 */
public final class LogEntry {

    // measured, beside its bytes: 160 to 265 as it is; 420 to 525 with the frame that it has once somebody was told
    public static final int OVERHEAD_BYTES = 304;

    /** The longest id of an author, whose characters are ASCII. */
    public static final int MAX_KEY_BYTES = 128;

    /** A like of the producer's has less than 1 KiB; each follower's socket would have to hold a larger one. */
    private static final int MAX_VALUE_BYTES = 64 * 1024;

    public final String author;
    public final long offset;
    private final long loggedAt;
    private final int size;
    private byte[] value;
    private Frame frame;
    private boolean liked;
    private String postId;

    /** @param author the record's key */
    public LogEntry(String author, ConsumerRecord<byte[], byte[]> record) {
        this.author = author;
        this.offset = record.offset();
        this.loggedAt = record.timestamp();
        byte[] bytes = record.value() == null ? new byte[0] : record.value();
        this.value = bytes.length > MAX_VALUE_BYTES ? null : bytes; // too large to be an event
        this.size = OVERHEAD_BYTES + (value == null ? 0 : value.length);
    }

    /** Returns the record's key as text; null if there is none. */
    public static String author(ConsumerRecord<byte[], byte[]> record) {
        return record.key() == null ? null : new String(record.key(), StandardCharsets.UTF_8);
    }

    /** Bytes it takes in memory, about. */
    public int size() {
        return size;
    }

    /** @return whether it is an event */
    public boolean decode(String epoch, int partition) {
        if (value != null) {
            try {
                LikeEvent event = LikeEventJson.decode(author.getBytes(StandardCharsets.UTF_8), value);
                liked = event instanceof Liked;
                postId = event.postId();
                frame = Frame.like(new Position(epoch, partition, offset), Instant.ofEpochMilli(loggedAt), value);
            } catch (NotALikeEventException e) {
                frame = null; // not an event: this method returns false from now on
            }
            value = null;
        }
        return frame != null;
    }

    /**
     * Adds the span of the entry's delivery to its frame. The entry must be an event.
     *
     * @param delivery null if the delivery is not recorded
     */
    public void tracedBy(@Nullable DeliverySpan delivery) {
        if (delivery != null) {
            frame = frame.tracedBy(delivery);
        }
    }

    /** Returns when Kafka took the record, in milliseconds since 1970. */
    public long loggedAt() {
        return loggedAt;
    }

    public Frame frame() {
        return frame;
    }

    public boolean liked() {
        return liked;
    }

    public String postId() {
        return postId;
    }
}
