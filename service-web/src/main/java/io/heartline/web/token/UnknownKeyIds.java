package io.heartline.web.token;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Key ids that tokens name although no key has them, each with the time of its first request. If it is full, further ids are not
 * stored, so nothing is known about them. Times are those of {@link System#nanoTime}. Thread-safe.
 */
final class UnknownKeyIds {

    private static final int MAX_IDS = 1_000;
    private static final long RETENTION_NANOS = Duration.ofSeconds(30).toNanos();

    private final Map<String, Long> firstRequestedAt = new ConcurrentHashMap<>();

    /** Returns whether an id was asked for before a time. Records that it is asked for now. */
    boolean wasRequestedBefore(String id, long before, long now) {
        Long first = firstRequestedAt.get(id);
        if (first == null && firstRequestedAt.size() < MAX_IDS) {
            first = firstRequestedAt.putIfAbsent(id, now);
        }
        return first != null && first - before < 0;
    }

    /** Removes ids that were first asked for before a time, and more than 30 s ago. */
    void forget(long before, long now) {
        firstRequestedAt.values().removeIf(first -> first - before < 0 && now - first > RETENTION_NANOS);
    }

    int size() {
        return firstRequestedAt.size();
    }
}
