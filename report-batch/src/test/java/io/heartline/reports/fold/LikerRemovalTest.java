package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.bytes;
import static io.heartline.reports.fold.ReportBytes.figures;
import static io.heartline.reports.fold.ReportBytes.savedAndLoaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.Figures.PostLikes;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.bson.Document;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

/** A liker is removed from reports, which are compared with reports that never had the liker. */
class LikerRemovalTest {

    private static final KeyedHash HASH = LikeFixtures.HASH;
    private static final KeyedHash EARLIER = new KeyedHash(new byte[16]);
    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final String ERASED = "l-0";

    private static WeeklyReport fold(YearWeek week, List<LikeEvent> events) {
        return fold(HASH, new WeeklyReport(new ReportKey(week, "alice"), "epoch", 0), events);
    }

    private static WeeklyReport fold(KeyedHash hash, WeeklyReport report, List<LikeEvent> events) {
        long next = report.next();
        for (LikeEvent event : events) {
            report.fold(hash, event, day(event), next++);
        }
        return savedAndLoaded(report);
    }

    private static int day(LikeEvent event) {
        return event.at().atOffset(ZoneOffset.UTC).getDayOfWeek().ordinal();
    }

    private static Liked like(String post, String liker) {
        return new Liked("e", post, "alice", liker, LikeFixtures.MONDAY);
    }

    private static Unliked unlike(String post, String liker) {
        return new Unliked("e", post, "alice", liker, LikeFixtures.MONDAY);
    }

    private static LikerRemoval removal() {
        return new LikerRemoval(HASH, HASH.hashLiker(ERASED));
    }

    private static List<LikeEvent> without(String liker, List<LikeEvent> events) {
        return events.stream().filter(event -> !event.likerId().equals(liker)).toList();
    }

    /** Returns the whole document, except for the records that it includes. */
    private static Document counted(WeeklyReport report) {
        Document document = ReportBytes.document(report);
        document.remove("events");
        document.remove("next");
        document.remove(ReportDocument.SECRET_CHECK); // a report without records has none
        return document;
    }

    private static List<LikeEvent> randomWeek(Random random) {
        List<LikeEvent> events = new ArrayList<>();
        int posts = 1 + random.nextInt(30);
        int likers = 1 + random.nextInt(20);
        for (int i = random.nextInt(300); i >= 0; i--) {
            String post = "p-" + random.nextInt(posts);
            String liker = "l-" + random.nextInt(likers);
            var at = LikeFixtures.MONDAY.plusSeconds(random.nextInt(7 * 24 * 3_600));
            events.add(
                    random.nextInt(3) == 0
                            ? new Unliked("e", post, "alice", liker, at)
                            : new Liked("e", post, "alice", liker, at));
        }
        return events;
    }

    /** The liker's withdrawals stay only if no week has a like of their post by any person. */
    @RepeatedTest(200)
    void exactWeeks_haveTheDocuments_ofAFoldWithoutTheLiker(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<List<LikeEvent>> weeks = List.of(randomWeek(random), randomWeek(random), randomWeek(random));
        Set<String> known = weeks.stream()
                .flatMap(List::stream)
                .filter(Liked.class::isInstance)
                .map(LikeEvent::postId)
                .collect(Collectors.toSet());
        List<WeeklyReport> reports = new ArrayList<>();
        for (int i = 0; i < weeks.size(); i++) {
            reports.add(fold(WEEK.plusWeeks(i), weeks.get(i)));
        }

        LikerRemoval found = removal();
        reports.forEach(found::addPosts);
        reports.forEach(found::findPairs);
        LikerRemoval removal = removal(); // as after a crash
        removal.addPairs(found.toBytes());

        for (int i = 0; i < weeks.size(); i++) {
            WeeklyReport report = reports.get(i);
            List<LikeEvent> remaining = weeks.get(i).stream()
                    .filter(event -> !event.likerId().equals(ERASED) || !known.contains(event.postId()))
                    .toList();
            boolean isRemoved = removal.removeFrom(report);
            WeeklyReport cleaned = savedAndLoaded(report);

            assertThat(isRemoved).isEqualTo(remaining.size() < weeks.get(i).size());
            assertThat(counted(cleaned)).isEqualTo(counted(fold(report.key().week(), remaining)));
            assertThat(figures(cleaned))
                    .usingRecursiveComparison()
                    .ignoringFields("likedEvents", "unlikedEvents")
                    .isEqualTo(NaiveWeek.count(report.key(), remaining));
            assertThat(cleaned.figures().likedEvents() + cleaned.figures().unlikedEvents())
                    .as("events")
                    .isEqualTo(weeks.get(i).size());
            assertThat(removal.removeFrom(cleaned)).as("removed again").isFalse();
        }
    }

    @RepeatedTest(50)
    void laterEvents_countAsIfTheLikerHadNeverLiked(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<LikeEvent> before = randomWeek(random);
        before.removeIf(event -> event instanceof Unliked);
        List<LikeEvent> after = randomWeek(random);
        WeeklyReport report = fold(WEEK, before);
        removal().removeFrom(report);

        List<LikeEvent> counted = new ArrayList<>(without(ERASED, before));
        counted.addAll(after);

        assertThat(counted(fold(HASH, report, after))).isEqualTo(counted(fold(WEEK, counted)));
    }

    @Test
    void excludedLiker_countsInEventsOnly_belowItsOffset() {
        List<LikeEvent> events =
                List.of(like("p-1", "l-1"), like("p-1", ERASED), unlike("p-1", ERASED), like("p-2", ERASED));
        WeeklyReport report = new WeeklyReport(new ReportKey(WEEK, "alice"), "epoch", 0);
        report.excludeLikers(7, liker -> liker == HASH.hashLiker(ERASED) ? 3 : 0);

        Figures figures = fold(HASH, report, events).figures();

        assertThat(figures.likes()).isEqualTo(2);
        assertThat(figures.unlikes()).isZero();
        assertThat(figures.likedEvents()).isEqualTo(3);
        assertThat(figures.unlikedEvents()).isEqualTo(1);
        assertThat(figures.topPosts()).containsExactly(new PostLikes("p-1", 1), new PostLikes("p-2", 1));
        assertThat(savedAndLoaded(report).likerErasures()).isEqualTo(7);
    }

    @ParameterizedTest
    @ValueSource(ints = {WeeklyReport.EXACT_PAIRS - 1, WeeklyReport.EXACT_PAIRS})
    void reportAtTheLimitOfExactPairs_losesTheLiker_andTheNextOneKeepsItsFigures(int others) {
        List<LikeEvent> events = new ArrayList<>(List.of(like("p-1", ERASED)));
        for (int i = 1; i <= others; i++) {
            events.add(like("p-" + i % 100, "l-" + i));
        }
        WeeklyReport report = fold(WEEK, events);
        byte[] before = bytes(report);
        boolean isExact = others < WeeklyReport.EXACT_PAIRS;
        assertThat(report.figures().precision().exact()).isEqualTo(isExact);

        assertThat(removal().removeFrom(report)).isEqualTo(isExact);

        if (isExact) {
            assertThat(counted(savedAndLoaded(report))).isEqualTo(counted(fold(WEEK, without(ERASED, events))));
        } else {
            assertThat(bytes(report)).isEqualTo(before);
        }
    }

    /** All other likers like the post q. If there are then more posts than counters, one post has lost its counter. */
    @ParameterizedTest
    @ValueSource(ints = {PostCounts.CAPACITY - 1, PostCounts.CAPACITY})
    void pairOfAPostWithoutACounter_stays_andTheFiguresAddUp(int posts) {
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i < posts; i++) {
            events.add(like("p-%04d".formatted(posts - i), ERASED)); // of equal posts, the last id is evicted first
            events.add(like("q", "l-" + (i + 1)));
        }
        WeeklyReport report = fold(WEEK, events);

        removal().removeFrom(report);

        Figures figures = savedAndLoaded(report).figures();
        long remaining = figures.likes() - posts;
        assertThat(remaining).isBetween(0L, 2L);
        assertThat(remaining > 0).as("pairs remain").isEqualTo(posts >= PostCounts.CAPACITY);
        assertThat(figures.likers()).as("the liker is gone").isEqualTo(posts);
        assertThat(report.posts.sortedById().stream()
                        .mapToLong(post -> post.likes)
                        .sum())
                .isEqualTo(figures.likes());
        assertThat(figures.byDay().stream().mapToLong(day -> day).sum()).isEqualTo(figures.likes());
    }

    @Test
    void pairOfAPostWithoutACounter_isFoundByAnotherWeek() {
        List<LikeEvent> events = new ArrayList<>(List.of(like("z", ERASED)));
        for (int i = 0; i < PostCounts.CAPACITY; i++) {
            events.add(like("p-" + i, "l-1"));
        }
        WeeklyReport report = fold(WEEK, events);
        assertThat(report.posts.postIds()).doesNotContain("z");
        LikerRemoval removal = removal();
        removal.addPosts(fold(WEEK.minusWeeks(1), List.of(like("z", "l-2"))));
        removal.findPairs(report);

        assertThat(removal.removeFrom(report)).isTrue();

        assertThat(report.figures().likes()).isEqualTo(PostCounts.CAPACITY);
        assertThat(report.figures().likers()).isEqualTo(1);
        assertThat(report.posts.sortedById().stream()
                        .mapToLong(post -> post.likes)
                        .sum())
                .isEqualTo(PostCounts.CAPACITY);
    }

    @Test
    void sharedCounters_stillEvictTheLowestPost_afterARemoval() {
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i <= PostCounts.CAPACITY; i++) {
            events.add(like("p-" + i, "l-1"));
            events.add(like("p-" + i, "l-2"));
        }
        events.add(like("p-7", ERASED));
        WeeklyReport report = fold(WEEK, events);
        removal().removeFrom(report);

        report.posts.add("new", 1);

        assertThat(report.posts.postIds()).hasSize(PostCounts.CAPACITY).contains("new", "p-7");
    }

    @Test
    void hashesUnderAnEarlierSecret_stay_andLaterOnesAreRemoved() {
        WeeklyReport report = fold(
                EARLIER,
                new WeeklyReport(new ReportKey(WEEK, "alice"), "epoch", 0),
                List.of(like("p-1", ERASED), like("p-1", "l-1")));
        assertThat(removal().removeFrom(report)).isFalse();
        WeeklyReport mixed = fold(HASH, report, List.of(like("p-1", ERASED)));

        assertThat(removal().removeFrom(mixed)).isTrue();

        assertThat(mixed.figures().likes()).isEqualTo(2);
        assertThat(mixed.figures().likers()).isEqualTo(2);
        assertThat(mixed.figures().topPosts()).containsExactly(new PostLikes("p-1", 2));
    }

    @ParameterizedTest
    @ValueSource(ints = {2, 3})
    void postsAndPairsBeyondTheLimits_areIgnored(int limit) {
        WeeklyReport later = fold(WEEK, List.of(unlike("p-1", ERASED), unlike("p-2", ERASED), unlike("p-3", ERASED)));
        WeeklyReport earlier =
                fold(WEEK.minusWeeks(1), List.of(like("p-1", ERASED), like("p-2", ERASED), like("p-3", ERASED)));
        for (boolean isOfPosts : new boolean[] {true, false}) {
            LikerRemoval removal =
                    new LikerRemoval(HASH, HASH.hashLiker(ERASED), isOfPosts ? limit : 100, isOfPosts ? 100 : limit);
            removal.addPosts(earlier);
            removal.findPairs(later);

            assertThat(removal.toBytes()).hasSize(limit * Long.BYTES);
        }
    }

    @Test
    void reportWithRemains_isComparedByEventsOnly() {
        WeeklyReport exact = fold(WEEK, List.of(like("p-1", "l-1")));
        assertThat(exact.isComparable(EARLIER)).isTrue();
        exact.excludeLikers(1, liker -> 0);

        assertThat(exact.isComparable(HASH)).isTrue();
        assertThat(exact.isComparable(EARLIER)).isFalse();
    }
}
