package io.heartline.gateway.stream;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.NotALikeEventException;
import io.heartline.events.Position;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A record that the gateway keeps in memory. It is validated and encoded once, when the first follower needs it. Guarded by
 * the partition's lock once it is in the ring.
 */
public final class LogEntry {

    /**
     * The approximate memory of an entry in bytes, without its value. Measured are 160 to 265 bytes without a frame, and 420 to 525
     * bytes with one.
     */
    public static final int OVERHEAD_BYTES = 304;

    /** The maximum length of an author's id, in bytes. All its characters are ASCII. */
    public static final int MAX_KEY_BYTES = 128;

    /**
     * The maximum size of an event, because each follower's socket would have to buffer a larger one. The producer's events are
     * smaller than 1 KiB.
     */
    private static final int MAX_VALUE_BYTES = 64 * 1024;

    /** The record's key. */
    public final String author;

    /** The record's offset. */
    public final long offset;

    private final long loggedAt;
    private final int size;
    private byte @Nullable [] value; // null once it was decoded, or if it is too large
    private @Nullable Frame frame; // null before it was decoded, or if it is no event
    private boolean liked;
    private String postId;

    /**
     * Creates an entry that is not decoded.
     *
     * @param author the record's key as text
     * @param offset the record's offset
     * @param loggedAt when Kafka took the record, in milliseconds since 1970
     * @param recordValue the record's value; null if it has none
     */
    public LogEntry(String author, long offset, long loggedAt, byte @Nullable [] recordValue) {
        this.author = author;
        this.offset = offset;
        this.loggedAt = loggedAt;
        byte[] bytes = recordValue == null ? new byte[0] : recordValue;
        this.value = bytes.length > MAX_VALUE_BYTES ? null : bytes; // too large to be an event
        this.size = OVERHEAD_BYTES + (value == null ? 0 : value.length);
    }

    /**
     * Returns a record's key as text.
     *
     * @param key the key
     * @return the key, decoded as UTF-8
     */
    public static String keyAsText(byte[] key) {
        return new String(key, StandardCharsets.UTF_8);
    }

    /**
     * Returns the approximate memory of this entry.
     *
     * @return bytes, which do not change
     */
    public int size() {
        return size;
    }

    /**
     * Validates the record and creates its frame, the first time. Later calls return the same result.
     *
     * @param epoch the epoch of the log
     * @param partition the number of the record's partition
     * @return whether the record is an event
     */
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

    /**
     * Returns when Kafka took the record.
     *
     * @return milliseconds since 1970
     */
    public long loggedAt() {
        return loggedAt;
    }

    /**
     * Returns the event's frame. Requires that {@link #decode} has returned true.
     *
     * @return the frame, which all followers share
     */
    public Frame frame() {
        return frame;
    }

    /**
     * Returns whether the event is a like. Requires that {@link #decode} has returned true.
     *
     * @return false if the person unliked the post
     */
    public boolean liked() {
        return liked;
    }

    /**
     * Returns the event's post. Requires that {@link #decode} has returned true.
     *
     * @return the post's identifier
     */
    public String postId() {
        return postId;
    }
}
