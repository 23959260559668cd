package io.heartline.reports.mongo;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs that requests are answered with 503 because MongoDB does not answer, at most once a minute. */
public final class MongoOutageLogger {

    static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Logger logger = LoggerFactory.getLogger(MongoOutageLogger.class);

    private final InstantSource clock;
    private Instant lastLoggedAt = Instant.MIN;
    private long suppressed;

    /** @param clock measures the minute */
    public MongoOutageLogger(InstantSource clock) {
        this.clock = clock;
    }

    /**
     * Logs the request, or only counts it if a request was logged in the last minute. Any thread may call this.
     *
     * @param prefix names the request; empty if it cannot be named
     * @param e MongoDB's exception
     */
    public synchronized void logRejectedRequest(String prefix, Throwable e) {
        Instant now = clock.instant();
        boolean isDue = now.isBefore(lastLoggedAt) || !now.isBefore(lastLoggedAt.plus(INTERVAL));
        if (!isDue) {
            suppressed++;
            return;
        }
        logger.warn("{}answered 503, like {} requests since the last such line: {}", prefix, suppressed, e.toString());
        lastLoggedAt = now;
        suppressed = 0;
    }
}
