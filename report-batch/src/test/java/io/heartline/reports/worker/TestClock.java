package io.heartline.reports.worker;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A clock that changes only when a test advances it. */
public final class TestClock implements InstantSource {

    private volatile Instant now;

    TestClock(Instant now) {
        this.now = now;
    }

    /**
     * Advances the clock.
     *
     * @param by the duration by which the clock advances
     */
    public void advance(Duration by) {
        now = now.plus(by);
    }

    @Override
    public Instant instant() {
        return now;
    }
}
