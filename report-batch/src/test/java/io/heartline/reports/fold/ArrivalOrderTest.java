package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.bytes;
import static io.heartline.reports.fold.ReportBytes.figures;
import static io.heartline.reports.fold.ReportBytes.savedAndLoaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.bson.Document;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.threeten.extra.YearWeek;

/**
 * Properties of a document that hold for any order of its events. The number of the repetition is the seed of a random week:
 * some weeks repeat a few pairs often, others hardly repeat a pair.
 */
class ArrivalOrderTest {

    private static final ReportKey KEY = new ReportKey(YearWeek.of(2026, 47), "alice");

    @RepeatedTest(100)
    void events_inAnyOrder_giveTheSameDocument_andTheNaiveFigures(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<LikeEvent> events = week(random, random.nextInt(600));

        WeeklyReport inOrder = foldInOneChunk(events);
        Collections.shuffle(events, random);
        WeeklyReport shuffled = foldInChunks(events, random);

        assertThat(bytes(shuffled)).isEqualTo(bytes(inOrder));
        assertThat(figures(shuffled)).isEqualTo(NaiveWeek.count(KEY, events));
    }

    @RepeatedTest(100)
    void repeatedEvents_changeOnlyTheRecordCounts(RepetitionInfo repetition) {
        Random random = new Random(repetition.getCurrentRepetition());
        List<LikeEvent> events = week(random, 1 + random.nextInt(300));
        List<LikeEvent> repeated = new ArrayList<>(events);
        for (int copies = random.nextInt(500); copies > 0; copies--) {
            repeated.add(random.nextInt(repeated.size() + 1), repeated.get(random.nextInt(repeated.size())));
        }

        WeeklyReport once = foldInOneChunk(events);
        WeeklyReport repeatedly = foldInChunks(repeated, random);

        assertThat(figures(repeatedly).likedEvents() + figures(repeatedly).unlikedEvents())
                .isEqualTo(repeated.size());
        assertThat(withoutRecords(repeatedly)).isEqualTo(withoutRecords(once));
    }

    @Test
    void maxExactPairs_inAnyOrder_giveTheSameDocument() {
        Random random = new Random(1);
        List<LikeEvent> events = distinctPairs(WeeklyReport.EXACT_PAIRS, 2_000);

        WeeklyReport inOrder = foldInOneChunk(events);
        Collections.shuffle(events, random);
        WeeklyReport shuffled = foldInChunks(events, random);

        assertThat(figures(shuffled).likes()).isEqualTo(WeeklyReport.EXACT_PAIRS);
        assertThat(figures(shuffled)).isEqualTo(NaiveWeek.count(KEY, events));
        assertThat(bytes(shuffled)).isEqualTo(bytes(inOrder));
    }

    @Test
    void estimatedReport_inAnyOrder_hasTheSameRegisters_andRecordCounts() {
        Random random = new Random(1);
        List<LikeEvent> events = distinctPairs(3 * WeeklyReport.EXACT_PAIRS, 50);

        WeeklyReport inOrder = foldInOneChunk(events);
        Collections.shuffle(events, random);
        WeeklyReport shuffled = foldInChunks(events, random);

        assertThat(shuffled.likedPairs.toBytes()).isEqualTo(inOrder.likedPairs.toBytes());
        assertThat(shuffled.unlikedPairs.toBytes()).isEqualTo(inOrder.unlikedPairs.toBytes());
        assertThat(shuffled.likers.toBytes()).isEqualTo(inOrder.likers.toBytes());
        assertThat(figures(shuffled).precision().exact()).isFalse();
        assertThat(figures(shuffled).likedEvents()).isEqualTo(figures(inOrder).likedEvents());
        assertThat(figures(shuffled).unlikedEvents()).isEqualTo(figures(inOrder).unlikedEvents());
    }

    @Test
    void morePostsThanCapacity_changeOnlyTheTopPosts_ofAnExactReport() {
        Random random = new Random(1);
        List<LikeEvent> events = distinctPairs(12_000, 3_000);

        WeeklyReport inOrder = foldInOneChunk(events);
        Collections.shuffle(events, random);
        WeeklyReport shuffled = foldInChunks(events, random);

        Figures figures = figures(shuffled);
        Figures naive = NaiveWeek.count(KEY, events);
        assertThat(figures.precision().exact()).isTrue();
        assertThat(shuffled.posts.sortedById()).anyMatch(post -> post.tooHighBy > 0);
        assertThat(figures)
                .usingRecursiveComparison()
                .ignoringFields("topPosts", "precision")
                .isEqualTo(naive);
        assertThat(shuffled.posts.sortedById().stream()
                        .mapToLong(post -> post.likes)
                        .sum())
                .isEqualTo(naive.likes());
        assertThat(withoutPosts(shuffled)).isEqualTo(withoutPosts(inOrder));
    }

    /**
     * The same log in differently sized runs. The cases include the switch to estimates, and more posts than the capacity.
     */
    @ParameterizedTest
    @CsvSource({"40000, 50", "40000, 2500", "12000, 2500"})
    void events_inAnyChunks_giveTheSameDocument(int pairs, int posts) {
        List<LikeEvent> events = distinctPairs(pairs, posts);
        Collections.shuffle(events, new Random(1));

        byte[] inOneChunk = bytes(foldInOneChunk(events));

        assertThat(bytes(foldInChunks(events, new Random(2)))).isEqualTo(inOneChunk);
        assertThat(bytes(foldInChunks(events, new Random(3)))).isEqualTo(inOneChunk);
    }

    private static WeeklyReport foldInOneChunk(List<LikeEvent> events) {
        WeeklyReport report = new WeeklyReport(KEY, "epoch", 0);
        for (int offset = 0; offset < events.size(); offset++) {
            report.fold(LikeFixtures.HASH, events.get(offset), day(events.get(offset)), offset);
        }
        return report;
    }

    /** Saves and loads the report ten times, and after each load folds some already folded events again. */
    private static WeeklyReport foldInChunks(List<LikeEvent> events, Random random) {
        WeeklyReport report = new WeeklyReport(KEY, "epoch", 0);
        IntStream cuts = IntStream.concat(random.ints(10, 0, events.size() + 1), IntStream.of(events.size()));
        int from = 0;
        for (int to : cuts.sorted().toArray()) {
            for (int offset = from - random.nextInt(from + 1); offset < to; offset++) {
                assertThat(report.fold(LikeFixtures.HASH, events.get(offset), day(events.get(offset)), offset))
                        .isEqualTo(offset >= from);
            }
            report = savedAndLoaded(report);
            from = to;
        }
        return report;
    }

    private static byte[] withoutRecords(WeeklyReport report) {
        Document document = ReportBytes.document(report);
        document.remove("events");
        document.remove("next");
        return bytes(document);
    }

    private static byte[] withoutPosts(WeeklyReport report) {
        Document document = ReportBytes.document(report);
        document.remove("topPosts");
        document.remove("postsTooHighBy");
        document.get(ReportDocument.STATE, Document.class).remove("posts");
        return bytes(document);
    }

    private static List<LikeEvent> week(Random random, int count) {
        int posts = 1 + random.nextInt(40);
        int likers = 1 + random.nextInt(60);
        List<LikeEvent> events = new ArrayList<>();
        while (events.size() < count) {
            String post = "p-" + random.nextInt(posts);
            String liker = "l-" + random.nextInt(likers);
            events.add(event(random.nextInt(4) > 0, post, liker, random.nextInt(7 * 24)));
        }
        return events;
    }

    /**
     * Returns events in which each pair is liked once, and every third like is withdrawn. Half of the posts have two thirds
     * of the likes.
     */
    private static List<LikeEvent> distinctPairs(int count, int posts) {
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String post = i % 3 == 0 ? "rare-" + i / 3 % (posts / 2) : "p-" + i % (posts / 2);
            events.add(event(true, post, "l-" + i / 2, i % (7 * 24)));
            if (i % 3 == 0) {
                events.add(event(false, post, "l-" + i / 2, i % (7 * 24)));
            }
        }
        return events;
    }

    private static LikeEvent event(boolean liked, String post, String liker, int hour) {
        return liked
                ? new Liked("e", post, "alice", liker, LikeFixtures.MONDAY.plusSeconds(hour * 3_600L))
                : new Unliked("e", post, "alice", liker, LikeFixtures.MONDAY.plusSeconds(hour * 3_600L));
    }

    private static int day(LikeEvent event) {
        return event.at().atOffset(ZoneOffset.UTC).getDayOfWeek().ordinal();
    }
}
