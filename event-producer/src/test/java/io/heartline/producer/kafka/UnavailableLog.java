package io.heartline.producer.kafka;

import java.time.Duration;
import java.util.Map;

/** A log without a broker: it never becomes available. */
public final class UnavailableLog {

    private UnavailableLog() {}

    /**
     * Returns an appender that appends no like.
     *
     * @param ackTimeout maximum time to wait for the log
     * @return a new appender
     */
    public static LikeAppender appender(Duration ackTimeout) {
        TopicMonitor notStarted =
                new TopicMonitor(null, Map.of(), new TopicSettings("likes", 1, (short) 1, 1), Duration.ofDays(1));
        return new LikeAppender(notStarted, "/test", ackTimeout);
    }
}
