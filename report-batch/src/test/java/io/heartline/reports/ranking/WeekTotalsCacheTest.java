package io.heartline.reports.ranking;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.progress.Progress;
import io.heartline.reports.ranking.WeekTotalsCache.TotalsAndTop;
import io.heartline.reports.read.ProgressFixtures;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class WeekTotalsCacheTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final Map<Integer, Progress> PROGRESS = ProgressFixtures.of("k3f9x2ab", 100, 100);
    private static final Map<Integer, Progress> LATER = ProgressFixtures.of("k3f9x2ab", 100, 101);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<YearWeek> loads = new ArrayList<>();
    private final WeekTotalsCache totals = new WeekTotalsCache(this::load, time);

    @AfterEach
    void disposeScheduler() {
        time.dispose();
    }

    @Test
    void totals_areLoadedAgainAfterMaxAge() {
        TotalsAndTop first = totals.get(WEEK, PROGRESS).block();
        time.advanceTimeBy(WeekTotalsCache.MAX_AGE.minusMillis(1));
        assertThat(totals.get(WEEK, Map.copyOf(PROGRESS)).block()).isSameAs(first);
        assertThat(loads).hasSize(1);

        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(totals.get(WEEK, PROGRESS).block()).isNotSameAs(first);
        assertThat(loads).hasSize(2);
    }

    @Test
    void progressMoved_totalsAreLoadedAgain() {
        totals.get(WEEK, PROGRESS).block();
        totals.get(WEEK, LATER).block();

        assertThat(loads).hasSize(2);
    }

    /** An erasure changes the stamp and nothing else of progress. */
    @Test
    void stampChanged_totalsAreLoadedAgain() {
        Progress partition = Progress.initial(0, "k3f9x2ab", 1, 100);
        totals.get(WEEK, Map.of(0, partition)).block();
        totals.get(WEEK, Map.of(0, partition)).block();
        assertThat(loads).hasSize(1);

        totals.get(WEEK, Map.of(0, Progress.initial(0, "k3f9x2ab", 1, 100))).block();

        assertThat(loads).hasSize(2);
    }

    @Test
    void cache_keepsMaxWeeks_andEvictsTheEldest() {
        for (int i = 0; i <= WeekTotalsCache.MAX_WEEKS; i++) {
            totals.get(WEEK.minusWeeks(i), PROGRESS).block();
        }
        loads.clear();

        totals.get(WEEK.minusWeeks(1), PROGRESS).block();
        assertThat(loads).isEmpty();
        totals.get(WEEK, PROGRESS).block();
        assertThat(loads).containsExactly(WEEK);
    }

    @Test
    void concurrentRequests_shareOneLoad_evenIfTheFirstIsCancelled() {
        TestPublisher<TotalsAndTop> reading = TestPublisher.create();
        WeekTotalsCache slow = new WeekTotalsCache(
                week -> {
                    loads.add(week);
                    return reading.mono();
                },
                time);
        List<TotalsAndTop> answers = new ArrayList<>();
        slow.get(WEEK, PROGRESS).subscribe(answers::add).dispose();
        slow.get(WEEK, PROGRESS).subscribe(answers::add);
        slow.get(WEEK, PROGRESS).subscribe(answers::add);

        reading.emit(new TotalsAndTop(WeekTotals.ZERO, List.of()));

        assertThat(loads).hasSize(1);
        assertThat(answers).hasSize(2);
    }

    @Test
    void error_isNotCached() {
        WeekTotalsCache failing = new WeekTotalsCache(
                week -> loads.size() == 0 ? load(week).then(Mono.error(new IllegalStateException("away"))) : load(week),
                time);

        assertThat(failing.get(WEEK, PROGRESS).onErrorComplete().block()).isNull();
        assertThat(failing.get(WEEK, PROGRESS).block()).isNotNull();
    }

    private Mono<TotalsAndTop> load(YearWeek week) {
        loads.add(week);
        return Mono.just(new TotalsAndTop(WeekTotals.ZERO, new ArrayList<>()));
    }
}
