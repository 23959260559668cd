package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.NaiveWeek;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bson.Document;
import org.threeten.extra.YearWeek;

/**
 * The likes of several authors in three sealed weeks, of which some no longer count. The expected figures are a naive recount of the
 * others, with the events of all.
 */
final class LikerErasureFixture {

    /** The author of whose reports the liker is erased. */
    static final String AUTHOR = TestDatabase.AUTHORS.get(0);

    static final String LIKER = "l-0";
    private static final int WEEKS = 3;

    private final TestDatabase database;
    private final List<Entry> logged = new ArrayList<>();
    private final List<Entry> counted = new ArrayList<>();

    /** An event and the report that counts it, which a test looks up many times. */
    private record Entry(ReportKey key, LikeEvent event) {

        static Entry of(LikeEvent event) {
            return new Entry(new ReportKey(TestDatabase.CALENDAR.week(event.at()), event.authorId()), event);
        }

        boolean isBy(String author) {
            return key.authorId().equals(author);
        }
    }

    LikerErasureFixture(TestDatabase database) {
        this.database = database;
    }

    /** Appends random likes, and withdrawals of posts that were liked before in a week that may be another one. */
    void append(TestTopic likes, int count, long seed) throws Exception {
        Random random = new Random(seed);
        List<LikeEvent> events = new ArrayList<>();
        List<LikeEvent> liked = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String author = TestDatabase.AUTHORS.get(random.nextInt(2));
            Instant at = LikeFixtures.MONDAY
                    .minus(Duration.ofDays(7L * random.nextInt(WEEKS)))
                    .plusSeconds(random.nextInt(7 * 24 * 3_600));
            String liker = "l-" + random.nextInt(5);
            if (random.nextInt(4) == 0 && !liked.isEmpty()) {
                LikeEvent earlier = liked.get(random.nextInt(liked.size()));
                events.add(new Unliked("e-" + i, earlier.postId(), earlier.authorId(), earlier.likerId(), at));
            } else {
                LikeEvent like = new Liked("e-" + i, "p-" + random.nextInt(6), author, liker, at);
                liked.add(like);
                events.add(like);
            }
        }
        append(likes, events);
    }

    void append(TestTopic likes, List<LikeEvent> events) throws Exception {
        likes.append(events);
        List<Entry> added = events.stream().map(Entry::of).toList();
        logged.addAll(added);
        counted.addAll(added);
    }

    /** Records that the liker's likes up to now no longer count. */
    void erased() {
        counted.removeIf(entry -> entry.isBy(AUTHOR) && entry.event().likerId().equals(LIKER));
    }

    /** Records that an author was erased. */
    void erasedAuthor() {
        counted.removeIf(entry -> entry.isBy(AUTHOR));
        logged.removeIf(entry -> entry.isBy(AUTHOR));
    }

    private static List<LikeEvent> of(ReportKey key, List<Entry> entries) {
        return entries.stream()
                .filter(entry -> entry.key().equals(key))
                .map(Entry::event)
                .toList();
    }

    static YearWeek week(int number) {
        return TestDatabase.WEEK.minusWeeks(number);
    }

    Figures expected(ReportKey key) {
        Figures naive = NaiveWeek.count(key, of(key, counted));
        Figures all = NaiveWeek.count(key, of(key, logged));
        return new Figures(
                key,
                1,
                naive.likes(),
                naive.unlikes(),
                naive.likers(),
                all.likedEvents(),
                all.unlikedEvents(),
                naive.precision(),
                naive.byDay(),
                naive.topPosts());
    }

    private long expectedLikes(YearWeek week) {
        ReportKey key = new ReportKey(week, AUTHOR);
        return NaiveWeek.count(key, of(key, counted)).likes();
    }

    Figures stored(ReportKey key) {
        return new ReportStore(database.mongo)
                .figures(List.of(key))
                .next()
                .defaultIfEmpty(Figures.zero(key))
                .block();
    }

    /** Compares all figures except the revision. */
    void assertFiguresAreAsExpected(String description) {
        for (String author : TestDatabase.AUTHORS.subList(0, 2)) {
            for (int i = 0; i < WEEKS; i++) {
                ReportKey key = new ReportKey(week(i), author);
                assertThat(stored(key))
                        .as("%s, %s", description, key)
                        .usingRecursiveComparison()
                        .ignoringFields("revision")
                        .isEqualTo(expected(key));
            }
        }
    }

    /** Returns the growth of the author's reports, by week. */
    Map<String, Long> growth() {
        return database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMapMany(all -> all.find(new Document("authorId", AUTHOR)))
                .collectMap(report -> report.getString("week"), report -> report.getLong("growth"))
                .block();
    }

    void assertGrowthIsAsExpected(String description) {
        Map<String, Long> growth = growth();
        for (int i = 0; i < WEEKS; i++) {
            long likes = expectedLikes(week(i));
            long before = expectedLikes(week(i + 1));
            assertThat(growth.getOrDefault(week(i).toString(), likes - before))
                    .as("%s, growth of %s", description, week(i))
                    .isEqualTo(likes - before);
        }
    }
}
