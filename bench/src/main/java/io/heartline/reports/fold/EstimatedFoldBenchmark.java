package io.heartline.reports.fold;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.threeten.extra.YearWeek;

/**
 * One like more in a celebrity's report, which has a million already and estimates. Every chunk loads the report anew, and so
 * does each round here: of the bytes of a like, four are its share of the sketches.
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

    /** Nobody has liked the post before. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public Object newPair() {
        WeeklyReport report = load();
        report.fold(arrived);
        return report;
    }

    /** The like is in already. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public int repeatedPair() {
        folded.next = 0; // instead of other offsets: it has seen none of these
        return folded.fold(arrived);
    }
}
