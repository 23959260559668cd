package io.heartline.reports.summary;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Position;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.read.ReportView.Day;
import io.heartline.reports.read.ReportView.Events;
import io.heartline.reports.read.WeekRange;
import io.heartline.reports.summary.SummaryView.Month;
import io.heartline.reports.summary.SummaryView.Week;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.TestDatabase;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.YearMonth;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

/** Summaries equal a naive recount of the events of the log, in a zone with another offset than whole hours. */
class SummaryRecountIT {

    private static final ZoneId ZONE = ZoneId.of("Asia/Kathmandu");
    private static final WeekCalendar CALENDAR = new WeekCalendar(ZONE, Duration.ofHours(24));
    private static final String AUTHOR = "alice";

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(2);
        batch = new BatchInstance(likes, database.mongo, CALENDAR, database.clock, 70, CrashPoints.withoutCrash());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void summary_equalsANaiveRecount_afterEachRun(long seed) throws Exception {
        Random random = new Random(seed);
        WeekRange range = new WeekRange(YearWeek.of(2025, 50), YearWeek.of(2026, 4));
        Summaries summaries = summaries(LikeFixtures.HASH);
        List<LikeEvent> all = new ArrayList<>();
        for (int run = 0; run < 3; run++) {
            List<LikeEvent> events = randomEvents(random, range, 250);
            all.addAll(events);
            likes.append(events);
            assertThat(batch.run().error()).isNull();

            SummaryView summary = summaries.read(AUTHOR, range, null, true).block();

            assertThat(summary.withoutProgress()).isEqualTo(recount(range, all));
            int partition = likes.log().partitionOf(AUTHOR);
            assertThat(summary.through())
                    .isEqualTo(new Position(
                                    likes.log().epoch(),
                                    partition,
                                    batch.progressOf(partition).next() - 1)
                            .toString());
            assertThat(summary.asOf()).isNotNull();
        }
        SummaryView withoutLikers = summaries.read(AUTHOR, range, null, false).block();
        assertThat(withoutLikers.likers()).isZero();
        assertThat(withoutLikers.byWeek()).isEqualTo(recount(range, all).byWeek());
    }

    @Test
    void afterARotation_likersCoverOnlyTheWeeksUnderTheNewSecret() throws Exception {
        YearWeek old = YearWeek.of(2026, 10);
        likes.append(List.of(like(old, "p-1", "bob"), like(old, "p-1", "carol"), like(old.plusWeeks(1), "p-1", "bob")));
        BatchInstance first = new BatchInstance(likes, database, CrashPoints.withoutCrash(), LikeFixtures.HASH);
        assertThat(first.run().error()).isNull();
        KeyedHash second = new KeyedHash("the second secret".getBytes(StandardCharsets.US_ASCII));
        BatchInstance rotated = new BatchInstance(likes, database, CrashPoints.withoutCrash(), second);
        assertThat(rotated.hashSecretRotation.rotate()).isTrue();
        likes.append(List.of(
                like(old.plusWeeks(1), "p-2", "dave"),
                like(old.plusWeeks(2), "p-1", "bob"),
                like(old.plusWeeks(3), "p-1", "bob"),
                like(old.plusWeeks(3), "p-1", "erin")));
        assertThat(rotated.run().error()).isNull();

        SummaryView summary = summaries(second)
                .read(AUTHOR, new WeekRange(old, old.plusWeeks(3)), null, true)
                .block();

        assertThat(summary.likes()).isEqualTo(7);
        assertThat(summary.byWeek()).extracting(Week::likers).containsExactly(2L, 2L, 1L, 2L);
        assertThat(summary.likers())
                .as("weeks under the old secret, or under both, are not covered")
                .isEqualTo(2);
        assertThat(summary.likersError()).isZero();
    }

    private Summaries summaries(KeyedHash hash) {
        return new Summaries(ReportsFixture.uncached(database), new ReportStore(database.mongo), CALENDAR, hash);
    }

    private static LikeEvent like(YearWeek week, String post, String liker) {
        return new Liked(
                "e",
                post,
                AUTHOR,
                liker,
                week.atDay(DayOfWeek.WEDNESDAY).atTime(12, 0).atZone(ZONE).toInstant());
    }

    /** Returns events of two authors, of which a third is within minutes of a border of days, weeks or months. */
    private static List<LikeEvent> randomEvents(Random random, WeekRange range, int count) {
        Instant start = range.from()
                .minusWeeks(1)
                .atDay(DayOfWeek.MONDAY)
                .atStartOfDay(ZONE)
                .toInstant();
        int days = 7 * (range.weeks().size() + 2);
        List<LikeEvent> events = new ArrayList<>();
        while (events.size() < count) {
            Instant day = start.plus(Duration.ofDays(random.nextInt(days)));
            Instant at = random.nextInt(3) == 0
                    ? day.plusMillis(random.nextInt(240_000) - 120_000)
                    : day.plusSeconds(random.nextInt(86_400));
            String author = random.nextInt(4) == 0 ? "carol" : AUTHOR;
            String post = "p-" + random.nextInt(8);
            String liker = "l-" + random.nextInt(40);
            String id = "e-" + random.nextLong();
            events.add(
                    random.nextInt(5) == 0
                            ? new Unliked(id, post, author, liker, at)
                            : new Liked(id, post, author, liker, at));
            if (random.nextInt(10) == 0) {
                events.add(events.get(random.nextInt(events.size())));
            }
        }
        return events;
    }

    private static SummaryView recount(WeekRange range, List<LikeEvent> all) {
        record Pair(YearWeek week, String post, String liker) {}
        Map<Pair, LocalDate> liked = new HashMap<>();
        Set<Pair> unliked = new HashSet<>();
        Map<YearWeek, Set<String>> likers = new HashMap<>();
        Set<String> allLikers = new HashSet<>();
        long likedEvents = 0;
        long unlikedEvents = 0;
        for (LikeEvent event : all) {
            LocalDate day = event.at().atZone(ZONE).toLocalDate();
            YearWeek week = YearWeek.from(day);
            if (!event.authorId().equals(AUTHOR) || !range.weeks().contains(week)) {
                continue;
            }
            Pair pair = new Pair(week, event.postId(), event.likerId());
            if (event instanceof Liked) {
                likedEvents++;
                liked.merge(pair, day, (a, b) -> a.isBefore(b) ? a : b);
                likers.computeIfAbsent(week, key -> new HashSet<>()).add(event.likerId());
                allLikers.add(event.likerId());
            } else {
                unlikedEvents++;
                unliked.add(pair);
            }
        }
        List<Week> byWeek = range.weeks().stream()
                .map(week -> new Week(
                        week.toString(),
                        liked.keySet().stream()
                                .filter(pair -> pair.week().equals(week))
                                .count(),
                        unliked.stream()
                                .filter(pair -> pair.week().equals(week))
                                .count(),
                        likers.getOrDefault(week, Set.of()).size()))
                .toList();
        LocalDate from = range.from().atDay(DayOfWeek.MONDAY);
        LocalDate to = range.to().atDay(DayOfWeek.SUNDAY);
        List<Day> byDay = from.datesUntil(to.plusDays(1))
                .map(day ->
                        new Day(day, liked.values().stream().filter(day::equals).count()))
                .toList();
        Map<YearMonth, Long> byMonth = new TreeMap<>();
        byDay.forEach(day -> byMonth.merge(YearMonth.from(day.date()), day.likes(), Long::sum));
        return new SummaryView(
                AUTHOR,
                from,
                to,
                ZONE.getId(),
                liked.size(),
                unliked.size(),
                allLikers.size(),
                0,
                new Events(likedEvents, unlikedEvents),
                byWeek,
                byMonth.entrySet().stream()
                        .map(month -> new Month(
                                month.getKey().toString(),
                                month.getValue(),
                                !month.getKey().atDay(1).isBefore(from)
                                        && !month.getKey().atEndOfMonth().isAfter(to)))
                        .toList(),
                byDay,
                null,
                null);
    }
}
