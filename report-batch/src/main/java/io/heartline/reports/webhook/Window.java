package io.heartline.reports.webhook;

import io.heartline.reports.feed.FeedCursor;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * The messages after the acknowledged place of the feed. At most one message of a report is in flight, and a later one is sent after the
 * earlier one was acknowledged. Messages of other reports go on while one fails, until the window is full. Confined to one thread.
 */
final class Window {

    /** The maximum number of messages after the acknowledged place, acknowledged ones included. */
    static final int CAPACITY = 1_000;

    private final Deque<Delivery> deliveries = new ArrayDeque<>();
    private final Map<String, Queue<Delivery>> undelivered = new HashMap<>();
    private final PriorityQueue<Delivery> fresh = new PriorityQueue<>(Comparator.comparingLong(each -> each.number));
    private final PriorityQueue<Delivery> failed = new PriorityQueue<>(Window::compareDue);
    private FeedCursor acknowledged;
    private FeedCursor end;

    /** @param acknowledged the place up to which all messages are acknowledged */
    Window(FeedCursor acknowledged) {
        this.acknowledged = acknowledged;
        this.end = acknowledged;
    }

    private static int compareDue(Delivery a, Delivery b) {
        return Long.compare(a.dueAtNanos() - b.dueAtNanos(), 0); // nanoseconds may overflow
    }

    /** Returns the number of messages that may be added. */
    int room() {
        return CAPACITY - deliveries.size();
    }

    /** Returns the number of messages that may be sent now and have not failed. */
    int startable() {
        return fresh.size();
    }

    /** Returns the place after the last message, from which the feed is read. */
    FeedCursor end() {
        return end;
    }

    /** Returns the place up to which all messages are acknowledged. */
    FeedCursor acknowledged() {
        return acknowledged;
    }

    /**
     * Adds messages.
     *
     * @param added in the order of the feed; at most {@link #room}
     * @param next the place after them, and after changes that are skipped
     */
    void add(List<Delivery> added, FeedCursor next) {
        for (Delivery delivery : added) {
            deliveries.add(delivery);
            Queue<Delivery> ofReport = undelivered.computeIfAbsent(delivery.subject, subject -> new ArrayDeque<>());
            ofReport.add(delivery);
            if (ofReport.size() == 1) {
                fresh.add(delivery);
            }
        }
        end = next;
        advance();
    }

    /**
     * Returns the next message to send, which is in flight from then on.
     *
     * @param mayStart whether a message may be sent that has not failed before
     * @return null if none may be sent now
     */
    @Nullable
    Delivery next(long nowNanos, boolean mayStart) {
        Delivery retry = failed.peek();
        if (retry != null && retry.dueAtNanos() - nowNanos <= 0) {
            return failed.remove();
        }
        return mayStart ? fresh.poll() : null;
    }

    /** Returns the nanoseconds until a failed message is due; at most {@code maxNanos}. */
    long untilRetry(long nowNanos, long maxNanos) {
        Delivery retry = failed.peek();
        return retry == null ? maxNanos : Math.min(maxNanos, retry.dueAtNanos() - nowNanos);
    }

    /** Removes a message in flight that was acknowledged, or that the feed no longer has. The next one of its report may be sent. */
    void acknowledge(Delivery delivery) {
        delivery.done();
        Queue<Delivery> ofReport = undelivered.get(delivery.subject);
        ofReport.remove(); // it is the first one
        if (ofReport.isEmpty()) {
            undelivered.remove(delivery.subject);
        } else {
            fresh.add(ofReport.element());
        }
        advance();
    }

    /** Puts back a message in flight that was not acknowledged. */
    void fail(Delivery delivery, long nowNanos, long retryAtNanos) {
        delivery.failed(nowNanos, retryAtNanos);
        failed.add(delivery);
    }

    /** Lets all failed messages be sent again now, because the receiver works again. */
    void retryNow(long nowNanos) {
        List<Delivery> waiting = List.copyOf(failed);
        failed.clear();
        waiting.forEach(delivery -> delivery.retryAt(nowNanos));
        failed.addAll(waiting);
    }

    private void advance() {
        while (!deliveries.isEmpty() && deliveries.element().isDone()) {
            acknowledged = acknowledged.at(deliveries.remove().number);
        }
        if (deliveries.isEmpty()) {
            acknowledged = end;
        }
    }

    /** Returns the first message that is not acknowledged; null if there is none. */
    @Nullable
    Delivery oldest() {
        return deliveries.peek();
    }

    /** Returns the message that has failed for the longest time; null if none is failing. */
    @Nullable
    Delivery longestFailing() {
        return deliveries.stream()
                .filter(Delivery::isFailing)
                .min((a, b) -> Long.compare(a.firstFailureNanos() - b.firstFailureNanos(), 0))
                .orElse(null);
    }
}
