package io.heartline.reports.webhook;

import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.read.feed.FeedItem;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A message in the window. Confined to the thread of its window. */
final class Delivery {

    final long number;
    final String subject;
    final Instant enteredAt;
    private @Nullable FeedItem item;
    private long readAtNanos;
    private int failures;
    private long firstFailureNanos;
    private long dueAtNanos;
    private boolean isDone;

    private Delivery(long number, String subject, Instant enteredAt, @Nullable FeedItem item, long readAtNanos) {
        this.number = number;
        this.subject = subject;
        this.enteredAt = enteredAt;
        this.item = item;
        this.readAtNanos = readAtNanos;
    }

    static Delivery of(FeedItem item, long nowNanos) {
        long number = FeedCursor.parse(item.cursor()).number();
        return new Delivery(number, Message.subject(item), item.enteredAt(), item, nowNanos);
    }

    /** Returns the delivery of the message that the receiver has to start over. It comes before all changes. */
    static Delivery restarted(Instant at) {
        return new Delivery(0, "", at, null, 0);
    }

    /** Returns whether this is the message that the receiver has to start over. */
    boolean isRestart() {
        return number == 0;
    }

    /** Returns the change; null for {@link #restarted}. */
    @Nullable
    FeedItem item() {
        return item;
    }

    /** Returns the nanoseconds since the change was read, by the caller's monotonic clock. */
    long ageNanos(long nowNanos) {
        return nowNanos - readAtNanos;
    }

    void refresh(FeedItem read, long nowNanos) {
        item = read;
        readAtNanos = nowNanos;
    }

    void failed(long nowNanos, long retryAtNanos) {
        if (failures++ == 0) {
            firstFailureNanos = nowNanos;
        }
        dueAtNanos = retryAtNanos;
    }

    void retryAt(long retryAtNanos) {
        dueAtNanos = retryAtNanos;
    }

    void done() {
        isDone = true;
        item = null; // the window may hold it for long
    }

    int failures() {
        return failures;
    }

    boolean isFailing() {
        return failures > 0 && !isDone;
    }

    long firstFailureNanos() {
        return firstFailureNanos;
    }

    long dueAtNanos() {
        return dueAtNanos;
    }

    boolean isDone() {
        return isDone;
    }
}
