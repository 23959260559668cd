package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.http.RequestLimits;
import io.heartline.reports.kafka.HighWatermarkLookup;
import io.heartline.reports.progress.Progress;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.problem.ApiException;
import io.heartline.web.problem.InvalidParameterException;
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
import org.springframework.http.HttpStatus;
import org.springframework.http.HttpStatusCode;
import reactor.core.publisher.Mono;
import reactor.test.scheduler.VirtualTimeScheduler;

class FreshnessTest {

    private static final String EPOCH = "k3f9x2ab";
    private static final String AUTHOR = "alice";
    private static final int PARTITION = LikesLog.partitionOf(AUTHOR, 2);
    private static final Duration NO_WAIT = Duration.ZERO;
    private static final Duration TEN_SECONDS = Duration.ofSeconds(10);

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final AtomicReference<Map<Integer, Progress>> progress =
            new AtomicReference<>(ProgressFixtures.of(EPOCH, 100, 100));
    private final AtomicInteger progressReads = new AtomicInteger();
    private final AtomicInteger requests = new AtomicInteger();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final RefusalMetrics refusals = new RefusalMetrics(registry);
    private final ConcurrencyLimit waitLimit =
            RequestLimits.create("waiting", "heartline.reports.read.waiting", "wait for a run", 3, 2, refusals);
    private final AtomicLong end = new AtomicLong(1_000);
    private final AtomicReference<KafkaException> kafkaFailure = new AtomicReference<>();
    private final AtomicInteger kafkaLookups = new AtomicInteger();
    private final SharedLogEndLookup logEnds = new SharedLogEndLookup(
            this::askKafka,
            new SharedLogEndLookup.LookupRate(Duration.ofSeconds(1), Duration.ofSeconds(5)),
            time,
            () -> time.now(TimeUnit.NANOSECONDS));
    private final Freshness freshness = freshness("-");

    private HighWatermarkLookup.Snapshot askKafka(Set<Integer> partitions) {
        kafkaLookups.incrementAndGet();
        if (kafkaFailure.get() != null) {
            throw kafkaFailure.get();
        }
        return new HighWatermarkLookup.Snapshot(EPOCH, Map.of(PARTITION, end.get()));
    }

    @AfterEach
    void disposeScheduler() {
        time.dispose();
    }

    @Test
    void includedPosition_isAnsweredImmediately() {
        assertThat(freshness
                        .progressIncluding(AUTHOR, minimum(99, TEN_SECONDS), null)
                        .block())
                .isEqualTo(progress.get());
        assertThat(freshness.progressIncluding(AUTHOR, null, null).block()).isEqualTo(progress.get());
        assertThat(waitLimit.acquired()).isZero();
    }

    @Test
    void waitingRequests_shareOnePoll_whichStopsWithTheLastOfThem() {
        List<Map<Integer, Progress>> answers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            freshness.progressIncluding(AUTHOR, minimum(100, TEN_SECONDS), null).subscribe(answers::add);
        }
        assertThat(waitLimit.acquired()).isEqualTo(3);
        progressReads.set(0);

        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(progressReads.get()).as("one read in 250 ms").isEqualTo(8);
        assertThat(answers).isEmpty();
        progress.set(ProgressFixtures.of(EPOCH, 101, 101));
        time.advanceTimeBy(Duration.ofMillis(250));

        assertThat(answers).hasSize(3).containsOnly(progress.get());
        assertThat(waitLimit.acquired()).isZero();
        progressReads.set(0);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(progressReads.get()).isZero();
    }

    @Test
    void laterRequest_waitsForItsOwnTimeout() {
        List<Throwable> errors = new ArrayList<>();
        freshness
                .progressIncluding(AUTHOR, minimum(100, Duration.ofSeconds(3)), null)
                .subscribe(at -> {}, errors::add);
        time.advanceTimeBy(Duration.ofSeconds(2));
        freshness
                .progressIncluding(AUTHOR, minimum(100, Duration.ofSeconds(3)), null)
                .subscribe(at -> {}, errors::add);

        time.advanceTimeBy(Duration.ofMillis(1_001));
        assertThat(statuses(errors)).containsExactly(HttpStatus.PRECONDITION_FAILED);
        time.advanceTimeBy(Duration.ofSeconds(2));
        assertThat(errors).hasSize(2);
        assertThat(waitLimit.acquired()).isZero();
    }

    @Test
    void cancelledRequest_releasesItsPermit() {
        var request = freshness
                .progressIncluding(AUTHOR, minimum(100, TEN_SECONDS), null)
                .subscribe();
        assertThat(waitLimit.acquired()).isEqualTo(1);

        request.dispose();

        assertThat(waitLimit.acquired()).isZero();
    }

    @Test
    void atMaxWaiting_nextRequestIsRefused() {
        List<Throwable> errors = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            freshness.progressIncluding(AUTHOR, minimum(100, TEN_SECONDS), null).subscribe(at -> {}, errors::add);
        }

        assertThat(statuses(errors)).containsExactly(HttpStatus.SERVICE_UNAVAILABLE);
        assertThat(waitLimit.acquired()).isEqualTo(3);
    }

    @Test
    void callerAtItsMaximum_isRefused_andAnotherCallerWaits() {
        List<Throwable> refused = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            freshness
                    .progressIncluding(AUTHOR, minimum(100, TEN_SECONDS, "zoe"), null)
                    .subscribe(at -> {}, refused::add);
        }
        List<Throwable> ofAlice = new ArrayList<>();
        freshness
                .progressIncluding(AUTHOR, minimum(100, TEN_SECONDS, "alice"), null)
                .subscribe(at -> {}, ofAlice::add);

        assertThat(statuses(refused)).containsExactly(HttpStatus.TOO_MANY_REQUESTS);
        assertThat(refused.get(0)).hasMessageContaining("heartline.reports.read.waiting-per-caller");
        assertThat(ofAlice).isEmpty();
        assertThat(waitLimit.acquired()).isEqualTo(3);
    }

    @Test
    void positionBeyondTheLogEnd_isRefusedWhenKafkaAnswers_andReleasesItsPermit() {
        List<Throwable> errors = new ArrayList<>();
        freshness.progressIncluding(AUTHOR, minimum(1_000, TEN_SECONDS), null).subscribe(at -> {}, errors::add);
        time.advanceTimeBy(Duration.ofMillis(1));
        freshness.progressIncluding(AUTHOR, minimum(1_000, TEN_SECONDS), null).subscribe(at -> {}, errors::add);

        assertThat(errors).hasSize(1);
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(errors).hasSize(2).allSatisfy(end -> assertThat(end)
                .isInstanceOf(ApiException.class)
                .hasMessage(EPOCH + "-" + PARTITION + "-1000 lies beyond the end of the log, which is " + EPOCH + "-"
                        + PARTITION + "-999."));
        assertThat(waitLimit.acquired()).isZero();
        assertThat(refusals.counter("beyond-end").count()).isEqualTo(2);
    }

    @Test
    void positionInTheLog_isAwaitedUntilARunIncludesIt() {
        List<Map<Integer, Progress>> answers = new ArrayList<>();
        freshness.progressIncluding(AUTHOR, minimum(999, TEN_SECONDS), null).subscribe(answers::add);
        time.advanceTimeBy(Duration.ofSeconds(5));
        assertThat(answers).isEmpty();

        progress.set(ProgressFixtures.of(EPOCH, 1_000, 1_000));
        time.advanceTimeBy(Duration.ofMillis(250));

        assertThat(answers).containsExactly(progress.get());
    }

    @Test
    void kafkaDoesNotAnswer_requestWaitsForItsTimeout() {
        kafkaFailure.set(new KafkaException("no broker"));
        List<Throwable> errors = new ArrayList<>();
        freshness.progressIncluding(AUTHOR, minimum(1_000, TEN_SECONDS), null).subscribe(at -> {}, errors::add);

        time.advanceTimeBy(Duration.ofMillis(9_999));
        assertThat(errors).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(errors).hasSize(1);
        assertThat(errors.get(0)).hasMessageEndingWith(" is not included yet.");
        assertThat(waitLimit.acquired()).isZero();
    }

    @Test
    void requestWithoutWait_isAnsweredWithoutKafka() {
        List<Throwable> errors = new ArrayList<>();
        freshness.progressIncluding(AUTHOR, minimum(1_000, NO_WAIT), null).subscribe(at -> {}, errors::add);

        assertThat(statuses(errors)).containsExactly(HttpStatus.PRECONDITION_FAILED);
        assertThat(kafkaLookups.get()).isZero();
    }

    @Test
    void progressReadFails_allWaitingRequestsFail() {
        AtomicReference<RuntimeException> failure = new AtomicReference<>();
        Mono<Map<Integer, Progress>> reading = Mono.fromCallable(() -> {
            if (failure.get() != null) {
                throw failure.get();
            }
            return progress.get();
        });
        Freshness failing = new Freshness(
                ProgressFixtures.unshared(reading),
                new ProgressPoller(reading, Duration.ofMillis(250), time),
                logEnds,
                waitLimit,
                refusals,
                "-",
                InstantSource.system());
        List<Throwable> errors = new ArrayList<>();
        failing.progressIncluding(AUTHOR, minimum(100, TEN_SECONDS), null).subscribe(at -> {}, errors::add);
        failing.progressIncluding(AUTHOR, minimum(100, TEN_SECONDS), null).subscribe(at -> {}, errors::add);

        failure.set(new IllegalStateException("no database"));
        time.advanceTimeBy(Duration.ofMillis(250));

        assertThat(errors).hasSize(2).containsOnly(failure.get());
        assertThat(waitLimit.acquired()).isZero();
    }

    @Test
    void beforeTheFirstRun_nothingIsIncluded() {
        progress.set(Map.of());

        assertThatExceptionOfType(ApiException.class)
                .isThrownBy(() -> freshness
                        .progressIncluding(AUTHOR, minimum(0, NO_WAIT), null)
                        .block())
                .satisfies(e -> assertThat(e.getBody().getProperties()).containsEntry("through", null));
    }

    @Test
    void positionOfAnotherPartition_isRefusedAfterTheFirstRun() {
        progress.set(Map.of());
        List<Throwable> errors = new ArrayList<>();
        MinimumPosition ofAnotherPartition =
                new MinimumPosition(new Position(EPOCH, 1 - PARTITION, 0), Duration.ofSeconds(1), "bob");
        freshness.progressIncluding(AUTHOR, ofAnotherPartition, null).subscribe(at -> {}, errors::add);

        progress.set(ProgressFixtures.of(EPOCH, 1, 1));
        time.advanceTimeBy(Duration.ofSeconds(1));

        assertThat(errors).hasSize(1).hasOnlyElementsOfType(InvalidParameterException.class);
    }

    @Test
    void refusal_hasRetryAfterTheNextRun() {
        assertThat(retryAfter("0 */5 * * * *")).isEqualTo(Duration.ofSeconds(61));
        assertThat(retryAfter("*/10 * * * * *")).isEqualTo(Duration.ofSeconds(11));
        assertThat(retryAfter("0 0 0 1 1 *")).isEqualTo(Duration.ofMinutes(5));
        assertThat(retryAfter("0 0 0 31 2 *"))
                .as("a schedule without a next run")
                .isEqualTo(Duration.ofMinutes(5));
        assertThat(retryAfter("-")).isEqualTo(Duration.ofSeconds(10));
    }

    private static List<HttpStatusCode> statuses(List<Throwable> errors) {
        return errors.stream()
                .map(error -> ((ApiException) error).getStatusCode())
                .toList();
    }

    private Duration retryAfter(String schedule) {
        AtomicReference<Duration> after = new AtomicReference<>();
        freshness(schedule)
                .progressIncluding(AUTHOR, minimum(100, NO_WAIT), null)
                .subscribe(
                        at -> {},
                        e -> after.set(Duration.ofSeconds(
                                Long.parseLong(((ApiException) e).getHeaders().getFirst("Retry-After")))));
        return after.get();
    }

    private Freshness freshness(String schedule) {
        Mono<Map<Integer, Progress>> reading = Mono.fromCallable(() -> {
            progressReads.incrementAndGet();
            return progress.get();
        });
        return new Freshness(
                ProgressFixtures.unshared(reading),
                new ProgressPoller(reading, Duration.ofMillis(250), time),
                logEnds,
                waitLimit,
                refusals,
                schedule,
                InstantSource.fixed(Instant.parse("2026-11-24T10:04:00Z")));
    }

    private MinimumPosition minimum(long offset, Duration timeout) {
        return minimum(offset, timeout, "caller " + requests.incrementAndGet());
    }

    private static MinimumPosition minimum(long offset, Duration timeout, String caller) {
        return new MinimumPosition(new Position(EPOCH, PARTITION, offset), timeout, caller);
    }
}
