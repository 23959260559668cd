package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.BusyException;
import io.heartline.reports.InvalidParameterException;
import io.heartline.reports.NotIncludedException;
import io.heartline.reports.run.HighWatermarks;
import io.heartline.reports.run.Progress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.common.KafkaException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class FreshnessTest {

    private static final String EPOCH = "k3f9x2ab";
    private static final String AUTHOR = "alice";
    private static final int PARTITION = LikesLog.partitionOf(AUTHOR, 2);
    private static final Duration NOT_AT_ALL = Duration.ZERO;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicReference<Map<Integer, Progress>> progress =
            new AtomicReference<>(SomeProgress.of(EPOCH, 100, 100));
    private final AtomicInteger looks = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RefusalMetrics refusals = new RefusalMetrics(registry);
    private final RequestLimit waiting = new RequestLimit("waiting", "wait for a run", 3, 2, refusals);
    private final AtomicLong end = new AtomicLong(1_000);
    private final AtomicReference<KafkaException> silence = new AtomicReference<>();
    private final AtomicInteger questions = new AtomicInteger();
    private final LogEndWatch ends = new LogEndWatch(
            this::askKafka,
            new LogEndWatch.Pace(Duration.ofSeconds(1), Duration.ofSeconds(5)),
            time,
            () -> time.now(TimeUnit.NANOSECONDS));
    private final Freshness freshness = freshness("-");

    private HighWatermarks.Answer askKafka(Set<Integer> partitions) {
        questions.incrementAndGet();
        if (silence.get() != null) {
            throw silence.get();
        }
        return new HighWatermarks.Answer(EPOCH, Map.of(PARTITION, end.get()));
    }

    @AfterEach
    void stopTheClock() {
        time.dispose();
    }

    @Test
    void whatIsIncluded_isAnsweredAtOnce_andWithoutWaiting() {
        assertThat(freshness.of(AUTHOR, upTo(99, TEN_SECONDS), null).block()).isEqualTo(progress.get());
        assertThat(freshness.of(AUTHOR, null, null).block()).isEqualTo(progress.get());
        assertThat(waiting.acquired()).isZero();
    }

    @Test
    void howManyWaitForItDoesNotMatter_progressIsLookedAtOnce_andNotOnceNobodyWaits() {
        List<Map<Integer, Progress>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            freshness.of(AUTHOR, upTo(100, TEN_SECONDS), null).subscribe(answers::add);
        }
        assertThat(waiting.acquired()).isEqualTo(3);
        looks.set(0);

        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(looks.get()).as("once in 250 ms").isEqualTo(8);
        assertThat(answers).isEmpty();
        progress.set(SomeProgress.of(EPOCH, 101, 101));
        time.advanceTimeBy(Duration.ofMillis(250));

        assertThat(answers).hasSize(3).containsOnly(progress.get());
        assertThat(waiting.acquired()).isZero();
        looks.set(0);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(looks.get()).isZero();
    }

    @Test
    void whoeverComesLater_waitsForAsLongAsItSaid() {
        List<Throwable> ends = new ArrayList<>();
        freshness.of(AUTHOR, upTo(100, Duration.ofSeconds(3)), null).subscribe(at -> {}, ends::add);
        time.advanceTimeBy(Duration.ofSeconds(2));
        freshness.of(AUTHOR, upTo(100, Duration.ofSeconds(3)), null).subscribe(at -> {}, ends::add);

        time.advanceTimeBy(Duration.ofMillis(1_001));
        assertThat(ends).hasSize(1).hasOnlyElementsOfType(NotIncludedException.class);
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(ends).hasSize(2);
        assertThat(waiting.acquired()).isZero();
    }

    @Test
    void whoGivesUpWaiting_leavesItsPlace() {
        var waits = freshness.of(AUTHOR, upTo(100, TEN_SECONDS), null).subscribe();
        assertThat(waiting.acquired()).isEqualTo(1);

        waits.dispose();

        assertThat(waiting.acquired()).isZero();
    }

    @Test
    void moreThanMayWait_areRefused() {
        List<Throwable> ends = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            freshness.of(AUTHOR, upTo(100, TEN_SECONDS), null).subscribe(at -> {}, ends::add);
        }

        assertThat(ends).hasSize(1).hasOnlyElementsOfType(BusyException.class);
        assertThat(waiting.acquired()).isEqualTo(3);
    }

    @Test
    void oneCallerHasItsMaximum_itsNextRequestIsRefused_andAnotherCallerWaits() {
        List<Throwable> refused = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            freshness.of(AUTHOR, upTo(100, TEN_SECONDS, "zoe"), null).subscribe(at -> {}, refused::add);
        }
        List<Throwable> ofAlice = new ArrayList<>();
        freshness.of(AUTHOR, upTo(100, TEN_SECONDS, "alice"), null).subscribe(at -> {}, ofAlice::add);

        assertThat(refused).hasSize(1).hasOnlyElementsOfType(BusyException.class);
        assertThat(refused.get(0)).hasMessageContaining("heartline.reports.read.waiting-per-caller");
        assertThat(ofAlice).isEmpty();
        assertThat(waiting.acquired()).isEqualTo(3);
    }

    @Test
    void positionBeyondTheEndOfTheLog_isRefusedAsSoonAsKafkaAnswers_andGivesItsPermitBack() {
        List<Throwable> ends = new ArrayList<>();
        freshness.of(AUTHOR, upTo(1_000, TEN_SECONDS), null).subscribe(at -> {}, ends::add);
        time.advanceTimeBy(Duration.ofMillis(1));
        freshness.of(AUTHOR, upTo(1_000, TEN_SECONDS), null).subscribe(at -> {}, ends::add);

        assertThat(ends).hasSize(1);
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(ends).hasSize(2).allSatisfy(end -> assertThat(end)
                .isInstanceOf(NotIncludedException.class)
                .hasMessage(EPOCH + "-" + PARTITION + "-1000 lies beyond the end of the log, which is " + EPOCH + "-"
                        + PARTITION + "-999."));
        assertThat(waiting.acquired()).isZero();
        assertThat(refusals.counter("beyond-end").count()).isEqualTo(2);
    }

    @Test
    void positionThatTheLogHas_isAwaited_untilARunIncludesIt() {
        List<Map<Integer, Progress>> answers = new ArrayList<>();
        freshness.of(AUTHOR, upTo(999, TEN_SECONDS), null).subscribe(answers::add);
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(answers).isEmpty();

        progress.set(SomeProgress.of(EPOCH, 1_000, 1_000));
        time.advanceTimeBy(Duration.ofMillis(250));

        assertThat(answers).containsExactly(progress.get());
    }

    @Test
    void kafkaDoesNotAnswer_theRequestWaitsForAsLongAsItSaid() {
        silence.set(new KafkaException("no broker"));
        List<Throwable> ends = new ArrayList<>();
        freshness.of(AUTHOR, upTo(1_000, TEN_SECONDS), null).subscribe(at -> {}, ends::add);

        time.advanceTimeBy(Duration.ofMillis(9_999));
        assertThat(ends).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(ends).hasSize(1);
        assertThat(ends.get(0)).hasMessageEndingWith(" is not included yet.");
        assertThat(waiting.acquired()).isZero();
    }

    @Test
    void requestThatDoesNotWait_isAnsweredWithoutKafka() {
        List<Throwable> ends = new ArrayList<>();
        freshness.of(AUTHOR, upTo(1_000, NOT_AT_ALL), null).subscribe(at -> {}, ends::add);

        assertThat(ends).hasSize(1).hasOnlyElementsOfType(NotIncludedException.class);
        assertThat(questions.get()).isZero();
    }

    @Test
    void ifProgressCannotBeRead_allWhoWaitAreTold() {
        AtomicReference<RuntimeException> trouble = new AtomicReference<>();
        Mono<Map<Integer, Progress>> reading = Mono.fromCallable(() -> {
            if (trouble.get() != null) {
                throw trouble.get();
            }
            return progress.get();
        });
        Freshness failing = new Freshness(
                session -> reading,
                new ProgressWatch(reading, Duration.ofMillis(250), time),
                ends,
                waiting,
                refusals,
                "-",
                InstantSource.system());
        List<Throwable> ends = new ArrayList<>();
        failing.of(AUTHOR, upTo(100, TEN_SECONDS), null).subscribe(at -> {}, ends::add);
        failing.of(AUTHOR, upTo(100, TEN_SECONDS), null).subscribe(at -> {}, ends::add);

        trouble.set(new IllegalStateException("no database"));
        time.advanceTimeBy(Duration.ofMillis(250));

        assertThat(ends).hasSize(2).containsOnly(trouble.get());
        assertThat(waiting.acquired()).isZero();
    }

    @Test
    void beforeTheFirstRun_nothingIsIncluded() {
        progress.set(Map.of());

        assertThatExceptionOfType(NotIncludedException.class)
                .isThrownBy(
                        () -> freshness.of(AUTHOR, upTo(0, NOT_AT_ALL), null).block())
                .satisfies(e -> assertThat(e.through()).isNull());
    }

    @Test
    void theFirstRun_tellsWhoWaitsForAPositionOfAnotherAuthors() {
        progress.set(Map.of());
        List<Throwable> ends = new ArrayList<>();
        AtLeast others = new AtLeast(new Position(EPOCH, 1 - PARTITION, 0), Duration.ofSeconds(1), "bob");
        freshness.of(AUTHOR, others, null).subscribe(at -> {}, ends::add);

        progress.set(SomeProgress.of(EPOCH, 1, 1));
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(ends).hasSize(1).hasOnlyElementsOfType(InvalidParameterException.class);
    }

    @Test
    void whoIsRefused_isToldWhenTheNextRunIsLikelyDone() {
        assertThat(retryAfter("0 */5 * * * *")).isEqualTo(Duration.ofSeconds(61));
        assertThat(retryAfter("*/10 * * * * *")).isEqualTo(Duration.ofSeconds(11));
        assertThat(retryAfter("0 0 0 1 1 *")).isEqualTo(Duration.ofMinutes(5));
        assertThat(retryAfter("0 0 0 31 2 *")).as("never").isEqualTo(Duration.ofMinutes(5));
        assertThat(retryAfter("-")).isEqualTo(Duration.ofSeconds(10));
    }

    private Duration retryAfter(String schedule) {
        AtomicReference<Duration> after = new AtomicReference<>();
        freshness(schedule)
                .of(AUTHOR, upTo(100, NOT_AT_ALL), null)
                .subscribe(at -> {}, e -> after.set(((NotIncludedException) e).retryAfter()));
        return after.get();
    }

    private Freshness freshness(String schedule) {
        Mono<Map<Integer, Progress>> reading = Mono.fromCallable(() -> {
            looks.incrementAndGet();
            return progress.get();
        });
        return new Freshness(
                session -> reading,
                new ProgressWatch(reading, Duration.ofMillis(250), time),
                ends,
                waiting,
                refusals,
                schedule,
                InstantSource.fixed(Instant.parse("2026-11-24T10:04:00Z")));
    }

    private AtLeast upTo(long offset, Duration patience) {
        return upTo(offset, patience, "caller " + requests.incrementAndGet());
    }

    private static AtLeast upTo(long offset, Duration patience, String caller) {
        return new AtLeast(new Position(EPOCH, PARTITION, offset), patience, caller);
    }
}
