package io.heartline.reports.fold;

import io.heartline.events.LikeEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;
import org.threeten.extra.YearWeek;

/**
 * Measures one more like in a report that counts exactly. Its hashes were added to those of its author before, when the chunk
 * was pulled. Reports start empty, as on Mondays. The cost of a new pair therefore includes its share of the report and of the
 * growth of its tables.
 */
@State(Scope.Benchmark)
public class FoldBenchmark {

    private static final int LIKES = 10_000;
    private static final ReportKey KEY = new ReportKey(YearWeek.of(2026, 48), "alice");

    /** The likes of a week: a typical week, and the two that cost the most. */
    public enum Week {
        /** A thousand authors with ten likes each. */
        quiet(10, 10),
        /** One author with all likes, of ten posts. */
        busy(LIKES, 10),
        /** One author with all likes, each of another post: five times as many posts as a report has counters. */
        ofManyPosts(LIKES, LIKES);

        private final int likes;
        private final int posts;

        Week(int likes, int posts) {
            this.likes = likes;
            this.posts = posts;
        }
    }

    @Param
    Week week;

    private final List<PendingEvents> arrived = new ArrayList<>();
    private final List<WeeklyReport> folded = new ArrayList<>();
    private List<List<LikeEvent>> events;

    @Setup
    public void fold() {
        events = Pairs.weeks(LIKES / week.likes, week.likes, week.posts);
        for (List<LikeEvent> likes : events) {
            PendingEvents arrivals = Pairs.arrivals(likes);
            arrived.add(arrivals);
            folded.add(empty());
            folded.get(folded.size() - 1).fold(arrivals);
        }
    }

    private static WeeklyReport empty() {
        return new WeeklyReport(KEY, "k3f9x2ab", 0);
    }

    /** Folds likes whose pair of post and liker is new. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public void newPair(Blackhole sink) {
        for (PendingEvents likes : arrived) {
            WeeklyReport report = empty();
            report.fold(likes);
            sink.consume(report);
        }
    }

    /** Folds likes whose pair is in the report already, from a retry or a double click with another offset. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public void repeatedPair(Blackhole sink) {
        for (int i = 0; i < arrived.size(); i++) {
            WeeklyReport report = folded.get(i);
            report.next = 0; // so that the report accepts the same offsets again
            sink.consume(report.fold(arrived.get(i)));
        }
    }

    /** Adds new pairs to sets of the JDK instead, from events, without hashes from before. */
    @Benchmark
    @OperationsPerInvocation(LIKES)
    public void newPairInSetsOfTheJdk(Blackhole sink) {
        for (List<LikeEvent> likes : events) {
            Set<Pair> pairs = new HashSet<>();
            Set<String> likers = new HashSet<>();
            Map<String, Long> posts = new HashMap<>();
            for (LikeEvent like : likes) {
                if (pairs.add(new Pair(like.postId(), like.likerId()))) {
                    posts.merge(like.postId(), 1L, Long::sum);
                }
                likers.add(like.likerId());
            }
            sink.consume(pairs);
            sink.consume(likers);
            sink.consume(posts);
        }
    }

    private record Pair(String post, String liker) {}
}
