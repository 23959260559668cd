package io.heartline.producer.stream;

import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The timers of one stream, on its connection's event loop. Confined to that thread. */
final class StreamTimers {

    /** A delay that no stream reaches, and whose nanoseconds a timer can count. */
    private static final Duration MAX_DELAY = Duration.ofDays(365);

    private final EventLoop loop;
    private final List<Future<?>> timers = new ArrayList<>();

    StreamTimers(EventLoop loop) {
        this.loop = loop;
    }

    /** Runs a task again and again, ten times within the interval. */
    void runTenTimesPer(Duration interval, Runnable task) {
        long tenth = Math.max(1, interval.toMillis() / 10);
        timers.add(loop.scheduleAtFixedRate(task, tenth, tenth, TimeUnit.MILLISECONDS));
    }

    /** Runs a task once after that time, or immediately if the time is past. */
    void runAt(Instant time, Runnable task) {
        Duration delay = Duration.between(Instant.now(), time);
        long millis = (delay.compareTo(MAX_DELAY) < 0 ? delay : MAX_DELAY).toMillis()
                + 1; // rounded up, so that the task does not run too early
        timers.add(loop.schedule(task, millis, TimeUnit.MILLISECONDS));
    }

    void cancel() {
        timers.forEach(timer -> timer.cancel(false));
    }
}
