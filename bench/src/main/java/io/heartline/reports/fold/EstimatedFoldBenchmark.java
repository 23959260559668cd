package io.heartline.reports.fold;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.threeten.extra.YearWeek;

/**
 * Measures one more like in a celebrity's report, which has a million likes and estimates. Every chunk loads the report again,
 * and so does each round here. Four of the bytes that a like allocates are its share of the sketches.
 */
@State(Scope.Benchmark)
public class EstimatedFoldBenchmark {

    private static final int LIKES = 50_000;
    private static final int BEFORE = 1_000_000;
    private static final int POSTS = 10;
    private static final ReportKey KEY = new ReportKey(YearWeek.of(2026, 48), "alice");

    private WeeklyReport stored;
    private PendingEvents arrived;
    private WeeklyReport folded;

    @Setup
    public void fold() {
        stored = new WeeklyReport(KEY, "k3f9x2ab", 0);
        stored.fold(Pairs.arrivals(Pairs.likes("alice", "early", BEFORE, POSTS)));
        arrived = Pairs.arrivals(Pairs.likes("alice", "late", LIKES, POSTS));
        folded = load();
        folded.fold(arrived);
    }

    private WeeklyReport load() {
        WeeklyReport report = new WeeklyReport(KEY, stored.epoch, stored.generation);
        report.likedPairs = copy(stored.likedPairs);
        report.unlikedPairs = copy(stored.unlikedPairs);
        report.likers = copy(stored.likers);
        report.posts = PostCounts.of(stored.posts.toBytes());
        return report;
    }

    private static DistinctSketch copy(DistinctCounter estimate) {
        return DistinctSketch.of(estimate.toBytes(), estimate.byDay(), ((DistinctSketch) estimate).martingale());
    }

    /** Folds likes whose pair of post and liker is new. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public Object newPair() {
        WeeklyReport report = load();
        report.fold(arrived);
        return report;
    }

    /** Folds likes whose pair is in the report already. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public int repeatedPair() {
        folded.next = 0; // so that the report accepts the same offsets again
        return folded.fold(arrived);
    }
}
