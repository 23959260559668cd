package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.read.RecentTotals.Sum;
import io.heartline.reports.run.Progress;
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

class RecentTotalsTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final Map<Integer, Progress> PROGRESS = SomeProgress.of("k3f9x2ab", 100, 100);
    private static final Map<Integer, Progress> LATER = SomeProgress.of("k3f9x2ab", 100, 101);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final List<YearWeek> reads = new ArrayList<>();
    private final RecentTotals totals = new RecentTotals(this::read, time);

    @AfterEach
    void stopTheClock() {
        time.dispose();
    }

    @Test
    void askedAgain_theSumIsNotReadAgain_untilItIsOld() {
        Sum first = totals.of(WEEK, PROGRESS).block();
        time.advanceTimeBy(RecentTotals.KEEP.minusMillis(1));
        assertThat(totals.of(WEEK, Map.copyOf(PROGRESS)).block()).isSameAs(first);
        assertThat(reads).hasSize(1);

        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(totals.of(WEEK, PROGRESS).block()).isNotSameAs(first);
        assertThat(reads).hasSize(2);
    }

    @Test
    void progressHasMoved_theSumIsReadAgain() {
        totals.of(WEEK, PROGRESS).block();
        totals.of(WEEK, LATER).block();

        assertThat(reads).hasSize(2);
    }

    @Test
    void eachWeek_hasItsOwn_andOnlySoManyAreKept() {
        for (int i = 0; i <= RecentTotals.MAX_WEEKS; i++) {
            totals.of(WEEK.minusWeeks(i), PROGRESS).block();
        }
        reads.clear();

        totals.of(WEEK.minusWeeks(1), PROGRESS).block();
        assertThat(reads).isEmpty();
        totals.of(WEEK, PROGRESS).block();
        assertThat(reads).containsExactly(WEEK);
    }

    @Test
    void requestsThatComeTogether_shareOneRead_evenIfTheFirstGivesUp() {
        TestPublisher<Sum> reading = TestPublisher.create();
        RecentTotals slow = new RecentTotals(
                week -> {
                    reads.add(week);
                    return reading.mono();
                },
                time);
        List<Sum> answers = new ArrayList<>();
        slow.of(WEEK, PROGRESS).subscribe(answers::add).dispose();
        slow.of(WEEK, PROGRESS).subscribe(answers::add);
        slow.of(WEEK, PROGRESS).subscribe(answers::add);

        reading.emit(new Sum(Totals.NONE, List.of()));

        assertThat(reads).hasSize(1);
        assertThat(answers).hasSize(2);
    }

    @Test
    void anError_isNotKept() {
        RecentTotals failing = new RecentTotals(
                week -> reads.size() == 0 ? read(week).then(Mono.error(new IllegalStateException("away"))) : read(week),
                time);

        assertThat(failing.of(WEEK, PROGRESS).onErrorComplete().block()).isNull();
        assertThat(failing.of(WEEK, PROGRESS).block()).isNotNull();
    }

    private Mono<Sum> read(YearWeek week) {
        reads.add(week);
        return Mono.just(new Sum(Totals.NONE, new ArrayList<>()));
    }
}
