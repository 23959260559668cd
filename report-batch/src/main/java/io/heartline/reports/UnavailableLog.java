package io.heartline.reports;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs that readers get 503 because MongoDB does not answer: the first time, and at most once a minute from then on. */
public final class UnavailableLog {

    static final Duration INTERVAL = Duration.ofMinutes(1);

    private static final Logger logger = LoggerFactory.getLogger(UnavailableLog.class);

    private final InstantSource clock;
    private Instant last = Instant.MIN;
    private long notLogged;

    UnavailableLog(InstantSource clock) {
        this.clock = clock;
    }

    /** @param prefix names the request; empty if it cannot be named */
    public synchronized void add(String prefix, Throwable e) {
        Instant now = clock.instant();
        boolean isDue = now.isBefore(last) || !now.isBefore(last.plus(INTERVAL));
        if (!isDue) {
            notLogged++;
            return;
        }
        logger.warn("{}answered 503, like {} requests since the last such line: {}", prefix, notLogged, e.toString());
        last = now;
        notLogged = 0;
    }
}
