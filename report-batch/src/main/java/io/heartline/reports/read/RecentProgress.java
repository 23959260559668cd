package io.heartline.reports.read;

import com.mongodb.reactivestreams.client.ClientSession;
import io.heartline.reports.progress.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;

/**
 * The progress that requests share. It was read at most {@code maxAge} before a request. So each instance reads it a few times a
 * second, however many requests there are. Any thread may use it.
 */
public final class RecentProgress {

    private final Function<@Nullable ClientSession, Mono<Map<Integer, Progress>>> read;
    private final CausalReads causalReads;
    private final BooleanSupplier mayShare;
    private final long maxAge;
    private final LongSupplier clock;

    private volatile @Nullable Snapshot latest;
    private @Nullable PendingRead pending;

    /**
     * Progress as one read has returned it.
     *
     * @param progress the progress of all partitions, by partition
     * @param asOf each like that was logged before this time is folded; null before the first run
     * @param causalTime the time of the read by MongoDB's clock; null without sessions
     * @param startedAt when the read was started, in nanoseconds of the instance's clock. All earlier writes are included
     */
    record Snapshot(
            Map<Integer, Progress> progress,
            @Nullable Instant asOf,
            CausalReads.@Nullable Time causalTime,
            long startedAt) {}

    /** A read that has not ended, which requests of the same time wait for. */
    private record PendingRead(Mono<Snapshot> result, long startedAt) {}

    /**
     * Creates the progress of one database, which is not read yet.
     *
     * @param read reads progress in a session; without one if the session is null
     * @param causalReads creates the sessions
     * @param mayShare returns false if each request must call {@code read}, because it would fail
     * @param maxAge the maximum time between the start of the read and a request; negative if every request reads progress
     * @param clock nanoseconds since any time
     */
    public RecentProgress(
            Function<@Nullable ClientSession, Mono<Map<Integer, Progress>>> read,
            CausalReads causalReads,
            BooleanSupplier mayShare,
            Duration maxAge,
            LongSupplier clock) {
        this.read = read;
        this.causalReads = causalReads;
        this.mayShare = mayShare;
        this.maxAge = maxAge.toNanos();
        this.clock = clock;
    }

    /** Returns the latest snapshot if it is recent and may be shared; otherwise null. */
    @Nullable
    Snapshot current() {
        Snapshot snapshot = latest;
        return snapshot != null && mayShare.getAsBoolean() && isRecent(snapshot.startedAt()) ? snapshot : null;
    }

    /** Returns a recent snapshot. If there is none, reads progress. */
    Mono<Snapshot> get() {
        return Mono.defer(() -> {
            Snapshot snapshot = current();
            return snapshot == null ? pendingRead() : Mono.just(snapshot);
        });
    }

    /**
     * Returns recent progress. If there is none, reads progress.
     *
     * @return the progress of all partitions, by partition
     */
    public Mono<Map<Integer, Progress>> progress() {
        return get().map(Snapshot::progress);
    }

    private synchronized Mono<Snapshot> pendingRead() {
        if (pending == null || !isRecent(pending.startedAt())) {
            long startedAt = clock.getAsLong();
            Mono<Snapshot> result = causalReads
                    .inSession(session -> read.apply(session).map(progress -> observe(progress, session, startedAt)))
                    .doFinally(end -> forget(startedAt))
                    .cache();
            pending = new PendingRead(result, startedAt);
        }
        return pending.result();
    }

    private synchronized void forget(long startedAt) {
        if (pending != null && pending.startedAt() == startedAt) {
            pending = null;
        }
    }

    /** Reads progress now, and shares it. The snapshot includes all writes before the subscription. */
    Mono<Snapshot> read(@Nullable ClientSession session) {
        return Mono.defer(() -> {
            long startedAt = clock.getAsLong();
            return read.apply(session).map(progress -> observe(progress, session, startedAt));
        });
    }

    private Snapshot observe(Map<Integer, Progress> progress, @Nullable ClientSession session, long startedAt) {
        Snapshot snapshot = new Snapshot(progress, ReportView.asOf(progress), CausalReads.Time.of(session), startedAt);
        share(snapshot);
        return snapshot;
    }

    /** A client that has seen this progress sees none before it on this instance. */
    private synchronized void share(Snapshot snapshot) {
        if (latest == null || latest.startedAt() - snapshot.startedAt() < 0) {
            latest = snapshot;
        }
    }

    /** Lets the next request read progress. */
    void invalidate() {
        latest = null;
    }

    private boolean isRecent(long startedAt) {
        return clock.getAsLong() - startedAt <= maxAge;
    }
}
