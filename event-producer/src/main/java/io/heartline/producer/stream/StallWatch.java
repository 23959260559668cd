package io.heartline.producer.stream;

import java.time.Duration;

/**
 * Watches whether a stream makes progress: a line is taken or settled, or the client reads results. Bytes and empty lines are no
 * progress, because a client could send a few now and then to keep a stream that others need.
 */
final class StallWatch {

    private final long timeoutNanos;
    private long lastProgress;
    private long lines;
    private long pendingBytes;

    /**
     * @param timeout time without progress
     * @param now in nanoseconds
     */
    StallWatch(Duration timeout, long now) {
        this.timeoutNanos = timeout.toNanos();
        this.lastProgress = now;
    }

    /** Starts the time anew. */
    void restart(long now) {
        lastProgress = now;
    }

    /**
     * Returns whether the time is over.
     *
     * @param now in nanoseconds
     * @param lines that are not empty and were taken, or settled, from the beginning of the stream
     * @param pendingBytes bytes of results that the client's socket has no room for
     */
    boolean isStalled(long now, long lines, long pendingBytes) {
        if (lines != this.lines || pendingBytes < this.pendingBytes) {
            lastProgress = now;
        }
        this.lines = lines;
        this.pendingBytes = pendingBytes;
        return now - lastProgress > timeoutNanos;
    }
}
