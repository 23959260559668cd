package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.reports.kafka.HighWatermarkLookup.Snapshot;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.Disposable;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.scheduler.VirtualTimeScheduler;

class SharedLogEndLookupTest {

    private static final String EPOCH = "k3f9x2ab";
    private static final SharedLogEndLookup.LookupRate RATE =
            new SharedLogEndLookup.LookupRate(Duration.ofSeconds(1), Duration.ofSeconds(5));

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();
    private final Map<Integer, Long> ends = new HashMap<>(Map.of(3, 100L));
    private final List<Set<Integer>> lookups = new ArrayList<>();
    private final List<Long> lookupMillis = new ArrayList<>();
    private Runnable duringLookup = () -> {};
    private Throwable failure;

    private final SharedLogEndLookup lookup =
            new SharedLogEndLookup(this::ask, RATE, time, () -> time.now(TimeUnit.NANOSECONDS));

    @AfterEach
    void close() {
        lookup.close();
    }

    private Snapshot ask(Set<Integer> partitions) {
        lookups.add(partitions);
        lookupMillis.add(time.now(TimeUnit.MILLISECONDS));
        Snapshot answer = new Snapshot(EPOCH, Map.copyOf(ends));
        duringLookup.run();
        if (failure instanceof Error error) {
            throw error;
        }
        if (failure instanceof RuntimeException exception) {
            throw exception;
        }
        return answer;
    }

    /** A request and its result. The last position is null while the request waits, or if it is empty. */
    private static final class Request {

        private Position last;
        private boolean isDone;
        private final Disposable subscription;

        Request(Mono<Position> lastBefore) {
            subscription = lastBefore.doFinally(end -> isDone = true).subscribe(position -> last = position);
        }
    }

    private Request request(int partition, long offset) {
        return new Request(lookup.lastPositionBefore(new Position(EPOCH, partition, offset)));
    }

    @Test
    void positionBeyondTheEnd_returnsTheLastPosition_andAPositionBeforeItNone() {
        Request beyond = request(3, 100);
        time.advanceTimeBy(RATE.interval());
        Request included = request(3, 99);
        Request start = request(3, Position.BEFORE_FIRST);

        assertThat(beyond.last).isEqualTo(new Position(EPOCH, 3, 99));
        assertThat(included.isDone).isTrue();
        assertThat(included.last).isNull();
        assertThat(start.isDone).isTrue();
        assertThat(start.last).isNull();
    }

    @Test
    void emptyPartition_endsBeforeItsFirstRecord() {
        ends.put(3, 0L);

        assertThat(request(3, 0).last).isEqualTo(new Position(EPOCH, 3, Position.BEFORE_FIRST));
    }

    @Test
    void anotherLog_orUnansweredPartition_returnsNone() {
        Request another = new Request(lookup.lastPositionBefore(new Position("other000", 3, 1_000)));
        time.advanceTimeBy(RATE.interval());
        Request without = request(7, 1_000);
        time.advanceTimeBy(RATE.interval());

        assertThat(lookups).hasSize(2);
        assertThat(another.isDone).isTrue();
        assertThat(another.last).isNull();
        assertThat(without.isDone).isTrue();
        assertThat(without.last).isNull();
    }

    @Test
    void positionBelowTheLatestKnownEnd_needsNoLookup() {
        request(3, 100);
        lookups.clear();

        for (long offset = 0; offset < 100; offset++) {
            assertThat(request(3, offset).isDone).isTrue();
        }
        time.advanceTimeBy(RATE.interval());

        assertThat(lookups).isEmpty();
    }

    @Test
    void thousandsOfRequests_makeOneLookupASecond() {
        for (int partition = 0; partition < 48; partition++) {
            ends.put(partition, 100L);
        }
        List<Request> requests = new ArrayList<>();
        for (int millis = 0; millis < 10_000; millis++) {
            requests.add(request(millis % 48, 1_000_000));
            time.advanceTimeBy(Duration.ofMillis(1));
        }
        time.advanceTimeBy(RATE.interval());

        assertThat(lookups).hasSize(11);
        assertThat(lookups.get(0)).hasSize(1);
        assertThat(lookups.subList(1, 11))
                .allSatisfy(question -> assertThat(question).hasSize(48));
        for (int i = 1; i < lookupMillis.size(); i++) {
            assertThat(lookupMillis.get(i) - lookupMillis.get(i - 1)).isGreaterThanOrEqualTo(1_000);
        }
        assertThat(requests).allSatisfy(request -> assertThat(request.last).isNotNull());
    }

    @Test
    void withoutRequests_noLookupIsMade() {
        request(3, 100);
        lookups.clear();

        time.advanceTimeBy(Duration.ofHours(1));
        assertThat(lookups).isEmpty();
        request(3, 100);

        assertThat(lookups).hasSize(1);
    }

    /** A record may be appended after the lookup reads the log end and before the request arrives. */
    @Test
    void lookupStartedBeforeTheRequest_doesNotAnswerIt() {
        List<Request> late = new ArrayList<>();
        duringLookup = () -> {
            duringLookup = () -> {};
            ends.put(3, 101L);
            late.add(request(3, 100));
            late.add(request(3, 101));
        };

        Request early = request(3, 100);

        assertThat(early.last).isEqualTo(new Position(EPOCH, 3, 99));
        assertThat(late).allSatisfy(request -> assertThat(request.isDone).isFalse());
        time.advanceTimeBy(RATE.interval());
        assertThat(late.get(0).last)
                .as("last position for an offset that is in the log")
                .isNull();
        assertThat(late.get(1).last).isEqualTo(new Position(EPOCH, 3, 100));
        assertThat(lookups).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(classes = {IllegalStateException.class, NoClassDefFoundError.class, OutOfMemoryError.class})
    void kafkaDoesNotAnswer_requestsWait_andTheLookupIsRepeatedAfterADelay(Class<? extends Throwable> type)
            throws Exception {
        failure = type.getConstructor(String.class).newInstance("once");
        Request waiting = request(3, 100);
        time.advanceTimeBy(Duration.ofMillis(4_999));
        Request later = request(3, 100);

        assertThat(lookups).hasSize(1);
        assertThat(waiting.isDone).isFalse();
        failure = null;
        time.advanceTimeBy(Duration.ofMillis(1));

        assertThat(lookups).hasSize(2);
        assertThat(waiting.last).isEqualTo(new Position(EPOCH, 3, 99));
        assertThat(later.last).isEqualTo(new Position(EPOCH, 3, 99));
    }

    /** Reactor does not signal such an Error, so requests that share the lookup get no result. */
    @Test
    void lookupThatFailsBeforeItStarts_isReplaced() {
        AtomicLong nanos = new AtomicLong();
        AtomicBoolean isToFail = new AtomicBoolean(true);
        SharedLogEndLookup real = new SharedLogEndLookup(
                partitions -> new Snapshot(EPOCH, ends), RATE, Schedulers.newSingle("log-ends-test"), () -> {
                    boolean isOnThread = Thread.currentThread().getName().startsWith("log-ends-test");
                    if (isOnThread && isToFail.getAndSet(false)) {
                        throw new OutOfMemoryError("once");
                    }
                    return nanos.get();
                });
        try {
            Position beyond = new Position(EPOCH, 3, 100);
            Disposable lost = real.lastPositionBefore(beyond).subscribe();
            await().untilFalse(isToFail);
            nanos.addAndGet(Duration.ofMinutes(2).toNanos());

            assertThat(real.lastPositionBefore(beyond).block(Duration.ofSeconds(10)))
                    .isEqualTo(new Position(EPOCH, 3, 99));
            lost.dispose();
        } finally {
            real.close();
        }
    }

    @Test
    void cancelledRequests_causeNoFurtherLookup() {
        failure = new IllegalStateException("silent");
        Request one = request(3, 100);
        Request other = request(3, 100);

        one.subscription.dispose();
        other.subscription.dispose();
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(lookups.size())
                .as("lookups, including the lookup that was already due")
                .isLessThanOrEqualTo(2);
    }

    @Test
    void instanceStops_requestsAreNotRefused() {
        request(3, 100);
        Request waiting = request(3, 100);

        lookup.close();
        Request late = request(3, 100);

        assertThat(waiting.last).isNull();
        assertThat(late.last).isNull();
    }

    /** Each thread appends a record and then requests its position, as a client does that reads its own writes. */
    @Test
    void manyThreads_recordAppendedBeforeTheRequest_isNeverBeyondTheEnd() throws Exception {
        AtomicLong end = new AtomicLong();
        AtomicInteger lookupCount = new AtomicInteger();
        SharedLogEndLookup real = new SharedLogEndLookup(
                partitions -> {
                    lookupCount.incrementAndGet();
                    return new Snapshot(EPOCH, Map.of(3, end.get()));
                },
                new SharedLogEndLookup.LookupRate(Duration.ofMillis(1), Duration.ofMillis(1)),
                Schedulers.newSingle("asks"),
                System::nanoTime);
        Callable<Integer> client = () -> {
            int refused = 0;
            for (int i = 0; i < 300; i++) {
                boolean isAppended = ThreadLocalRandom.current().nextBoolean();
                long offset = isAppended ? end.getAndIncrement() : Long.MAX_VALUE / 2;
                Position last =
                        real.lastPositionBefore(new Position(EPOCH, 3, offset)).block(Duration.ofSeconds(30));
                assertThat(last == null).as("offset " + offset).isEqualTo(isAppended);
                refused += last == null ? 0 : 1;
            }
            return refused;
        };
        ExecutorService clients = Executors.newFixedThreadPool(8);
        int refused = 0;
        try {
            List<Future<Integer>> results = new ArrayList<>();
            for (int i = 0; i < 8; i++) {
                results.add(clients.submit(client));
            }
            for (Future<Integer> result : results) {
                refused += result.get(60, TimeUnit.SECONDS);
            }
        } finally {
            clients.shutdownNow();
            real.close();
        }

        assertThat(refused).isPositive();
        assertThat(lookupCount.get()).as("concurrent requests share lookups").isLessThan(8 * 300);
    }
}
