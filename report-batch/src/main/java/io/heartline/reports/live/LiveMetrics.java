package io.heartline.reports.live;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** The metrics of live reports, under {@code heartline.reports.live}. */
final class LiveMetrics {

    private final Counter reports;
    private final Counter throughs;
    private final Counter stales;
    private final Counter expiries;
    private final Counter folded;
    private final Counter skipped;
    private final Timer catchUp;
    private volatile int authors;
    private volatile int clients;
    private volatile long stateBytes;

    LiveMetrics(MeterRegistry registry) {
        reports = event(registry, "report");
        throughs = event(registry, "through");
        stales = event(registry, "stale");
        expiries = event(registry, "expired");
        folded = record(registry, "folded");
        skipped = record(registry, "skipped");
        catchUp = Timer.builder("heartline.reports.live.catch.up")
                .description("Time to load new authors and to read the records since the last run")
                .register(registry);
        Gauge.builder("heartline.reports.live.authors", () -> authors)
                .description("Authors whose reports clients watch")
                .register(registry);
        Gauge.builder("heartline.reports.live.clients", () -> clients)
                .description("Clients that watch a report")
                .register(registry);
        Gauge.builder("heartline.reports.live.state.bytes", () -> stateBytes)
                .description("Approximate size of the watched reports in memory")
                .baseUnit("bytes")
                .register(registry);
    }

    private static Counter event(MeterRegistry registry, String event) {
        return Counter.builder("heartline.reports.live.events")
                .description("Server-sent events of live reports")
                .tag("event", event)
                .register(registry);
    }

    private static Counter record(MeterRegistry registry, String result) {
        return Counter.builder("heartline.reports.live.records")
                .description("Records of watched authors: folded into a watched report, or skipped")
                .tag("result", result)
                .register(registry);
    }

    void report() {
        reports.increment();
    }

    void through() {
        throughs.increment();
    }

    void stale() {
        stales.increment();
    }

    void expired() {
        expiries.increment();
    }

    /** Counts a record of a watched author. */
    void record(boolean isFolded) {
        (isFolded ? folded : skipped).increment();
    }

    void caughtUp(Duration duration) {
        catchUp.record(duration);
    }

    void state(int authorCount, int clientCount, long bytes) {
        authors = authorCount;
        clients = clientCount;
        stateBytes = bytes;
    }
}
