package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.InMemoryReports;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.PendingEvents;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore.StoredReport;
import io.heartline.reports.fold.StoredLikers;
import io.heartline.reports.fold.StoredLikers.ReturningLikers;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.read.ReportView;
import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

/**
 * A live report at a position equals the report of a run that ends there, field by field. The log is random: likes that are repeated, withdrawn,
 * retried, late or out of order, over several weeks. Runs and the live side stop at any record, lose their memory, and read records again.
 */
class LiveEqualityTest {

    private static final String EPOCH = "k3f9x2ab";
    private static final WeekCalendar CALENDAR = new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24));
    private static final YearWeek FIRST_WEEK = YearWeek.of(2026, 45);
    private static final int WEEKS = 4;

    /** No week is sealed, because the revision of a sealed week depends on the number of runs. */
    private static final Instant AS_OF = Instant.EPOCH;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void fewLikers_liveReportsEqualRuns(long seed) {
        new Simulation(seed, 2, 300).run(20_000, 40);
    }

    @Test
    void moreLikersThanAnExactReportCounts_liveReportsEqualRuns() {
        new Simulation(5, 1, 200_000).run(100_000, 8);
    }

    @Test
    @Tag("soak")
    void tenMillionEvents_liveReportsEqualRuns() {
        for (int seed = 10; seed < 14; seed++) {
            new Simulation(seed, 3, seed % 2 == 0 ? 2_000 : 1_000_000).run(2_500_000, 400);
        }
    }

    /** A log of one partition, the runs that fold it, and the live side. */
    private static final class Simulation {

        private final Random random;
        private final List<String> authors;
        private final int likers;
        private final List<LikeEvent> log = new ArrayList<>();
        private final List<Long> offsets = new ArrayList<>();

        private final InMemoryReports stored = new InMemoryReports();
        private int foldedRecords; // by the last complete run
        private int savedRecords; // by all runs, of which some have crashed before they were complete

        private final Map<String, LiveAuthor> live = new HashMap<>();
        private int liveRecords; // that the live side has read
        private int comparisons;

        Simulation(long seed, int authors, int likers) {
            this.random = new Random(seed);
            this.authors =
                    IntStream.range(0, authors).mapToObj(i -> "author-" + i).toList();
            this.likers = likers;
        }

        void run(int events, int rounds) {
            for (int round = 0; round < rounds; round++) {
                append(events / rounds);
                switch (random.nextInt(6)) {
                    case 0 -> runTo(between(foldedRecords, log.size()));
                    case 1 -> crashBetween(foldedRecords, between(foldedRecords, log.size()));
                    case 2 -> restartLiveSide();
                    case 3 ->
                        liveRecords = between(Math.max(0, liveRecords - 500), liveRecords); // the tail reads again
                    default -> {}
                }
                readTo(between(liveRecords, log.size()));
                compare();
            }
            runTo(log.size());
            readTo(log.size());
            compare();
            assertThat(comparisons).isPositive();
        }

        private int between(int from, int to) {
            return from + random.nextInt(to - from + 1);
        }

        private void append(int count) {
            for (int i = 0; i < count; i++) {
                boolean isRetry = !log.isEmpty() && random.nextInt(8) == 0;
                log.add(isRetry ? log.get(log.size() - 1 - random.nextInt(Math.min(log.size(), 200))) : event());
                // aborted transactions and their markers have offsets, too
                offsets.add(nextOffset() + (random.nextInt(20) == 0 ? random.nextInt(3) : 0));
            }
        }

        private long nextOffset() {
            return offsets.isEmpty() ? 7 : offsets.get(offsets.size() - 1) + 1;
        }

        private LikeEvent event() {
            String author = authors.get(random.nextInt(authors.size()));
            String post = "p-" + (random.nextInt(4) == 0 ? random.nextInt(3_000) : random.nextInt(20));
            String liker = "l-" + random.nextInt(likers);
            // mostly of the present week, which advances with the log; sometimes of any week
            int present = Math.min(WEEKS - 1, log.size() / 40_000 + random.nextInt(2));
            YearWeek week = FIRST_WEEK.plusWeeks(random.nextInt(5) == 0 ? random.nextInt(WEEKS) : present);
            Instant at = week.atDay(DayOfWeek.MONDAY)
                    .atStartOfDay()
                    .toInstant(ZoneOffset.UTC)
                    .plusSeconds(random.nextInt(7 * 24 * 3600));
            return random.nextInt(6) == 0
                    ? new Unliked("e", post, author, liker, at)
                    : new Liked("e", post, author, liker, at);
        }

        private void runTo(int end) {
            fold(stored, foldedRecords, end, Integer.MAX_VALUE);
            foldedRecords = end;
            savedRecords = Math.max(savedRecords, end);
        }

        /** Saves some reports of a run that then crashes, so that progress stays. */
        private void crashBetween(int from, int end) {
            fold(stored, from, end, 1 + random.nextInt(3));
            savedRecords = Math.max(savedRecords, end);
        }

        private void fold(InMemoryReports reports, int from, int end, int maxSaves) {
            Map<ReportKey, PendingEvents> chunk = new HashMap<>();
            for (int i = from; i < end; i++) {
                LikeEvent event = log.get(i);
                chunk.computeIfAbsent(
                                new ReportKey(CALENDAR.week(event.at()), event.authorId()),
                                key -> new PendingEvents(LikeFixtures.HASH))
                        .add(event, CALENDAR.dayOfWeek(event.at()), offsets.get(i));
            }
            chunk.entrySet().stream().limit(maxSaves).forEach(entry -> {
                WeeklyReport report = reports.load(entry.getKey(), EPOCH);
                report.fold(entry.getValue());
                reports.save(report);
            });
        }

        private void restartLiveSide() {
            live.clear();
            liveRecords = foldedRecords;
            // a crashed run has saved reports beyond its progress; a catch-up reads to the end of the log
            Progress progress = Progress.initial(0, EPOCH, 1, offsetOf(foldedRecords));
            for (String author : authors) {
                LiveAuthor state = new LiveAuthor(author, progress);
                for (YearWeek week : LiveAuthor.requiredFor(weeks())) {
                    state.add(stored.load(new ReportKey(week, author), EPOCH));
                }
                live.put(author, state);
            }
            readTo(log.size());
        }

        private static Set<YearWeek> weeks() {
            Set<YearWeek> weeks = new TreeSet<>();
            for (int i = 0; i < WEEKS; i++) {
                weeks.add(FIRST_WEEK.plusWeeks(i));
            }
            return weeks;
        }

        private long offsetOf(int record) {
            return record < offsets.size() ? offsets.get(record) : nextOffset();
        }

        private void readTo(int end) {
            for (int i = liveRecords; i < end; i++) {
                LikeEvent event = log.get(i);
                LiveAuthor author = live.get(event.authorId());
                if (author != null) {
                    author.fold(event, offsets.get(i), CALENDAR, LikeFixtures.HASH);
                }
            }
            liveRecords = Math.max(liveRecords, end);
            live.values().forEach(author -> author.advanceTo(offsetOf(liveRecords)));
        }

        /** Compares each live report with the report of a run that ends at its position. */
        private void compare() {
            if (live.isEmpty()) {
                return;
            }
            long through = live.values().iterator().next().next();
            int end = foldedRecords;
            while (end < log.size() && offsets.get(end) < through) {
                end++;
            }
            if (end < savedRecords || foldedRecords > 0 && offsets.get(foldedRecords - 1) >= through) {
                return; // runs have saved more than the live side has read
            }
            InMemoryReports run = stored.copy();
            fold(run, foldedRecords, end, Integer.MAX_VALUE);
            for (LiveAuthor author : live.values()) {
                for (YearWeek week : weeks()) {
                    assertThat(author.view(week, CALENDAR, AS_OF).withoutProgress())
                            .isEqualTo(storedView(run, author.id(), week));
                    comparisons++;
                }
            }
        }

        private static ReportView storedView(InMemoryReports run, String author, YearWeek week) {
            StoredReport report = run.read(new ReportKey(week, author));
            StoredReport previous = run.read(new ReportKey(week.minusWeeks(1), author));
            Figures figures = report == null ? Figures.zero(new ReportKey(week, author)) : report.figures();
            ReturningLikers returning = report == null
                    ? new ReturningLikers(0, 0)
                    : report.likers().returningFrom(previous == null ? StoredLikers.empty() : previous.likers());
            Figures before =
                    previous == null ? Figures.zero(new ReportKey(week.minusWeeks(1), author)) : previous.figures();
            return ReportView.of(figures, returning, before, CALENDAR, AS_OF, null)
                    .withoutProgress();
        }
    }
}
