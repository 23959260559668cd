package io.heartline.gateway.kafka.replay;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.GatewayLimits;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.StreamRefusedException;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;

class SharedReadsTest {

    private final List<SharedReads.Read> started = new ArrayList<>();
    private final SharedReads reads = new SharedReads(new PageCache(100_000), 1_000, this::start);
    private boolean isFull;
    private Error startError;

    @Test
    void clientsReturningTogether_shareOneRead_fromDifferentOffsets() {
        CompletableFuture<History.Page> first = read(100);
        List<CompletableFuture<History.Page>> others = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            others.add(read(100 + i % 50));
        }

        started.get(0).complete(page(150));

        assertThat(started).hasSize(1);
        assertThat(first).isCompletedWithValueMatching(page -> page.next() == 150);
        assertThat(others).allMatch(other -> other.isDone() && !other.isCompletedExceptionally());
    }

    @Test
    void requestsBeyondPage_shareOneFurtherRead() {
        read(100);
        CompletableFuture<History.Page> far = read(180);
        CompletableFuture<History.Page> alsoFar = read(170);

        started.get(0).complete(page(160));

        assertThat(started).hasSize(2);
        assertThat(started.get(1).first().from()).isEqualTo(170);
        started.get(1).complete(page(220));
        assertThat(far).isCompletedWithValueMatching(page -> page.next() == 220);
        assertThat(alsoFar).isCompletedWithValueMatching(page -> page.next() == 220);
    }

    @Test
    void severalAuthors_shareReadOfTheSameAuthors_only() {
        CompletableFuture<History.Page> both =
                reads.read(request(Set.of("alice", "bob"), 100, () -> true)).toCompletableFuture();
        reads.read(request(Set.of("alice"), 100, () -> true));
        CompletableFuture<History.Page> alsoBoth =
                reads.read(request(Set.of("bob", "alice"), 110, () -> true)).toCompletableFuture();
        assertThat(started).hasSize(2);

        started.get(0).complete(page(150));

        assertThat(both).isCompleted();
        assertThat(alsoBoth).isCompletedWithValueMatching(page -> page.next() == 150);
        assertThat(reads.read(request(Set.of("alice"), 120, () -> true)).toCompletableFuture())
                .isNotDone();
    }

    @Test
    void requestBeforeAllReads_startsItsOwn() {
        read(100);

        read(99);

        assertThat(started).hasSize(2);
    }

    @Test
    void request_waitsForNearestEarlierRead() {
        read(500);
        read(100);
        CompletableFuture<History.Page> between = read(510);
        assertThat(started).hasSize(2);

        started.get(1).complete(page(1_000));
        assertThat(between).isNotDone();
        started.get(0).complete(page(520));

        assertThat(between).isCompleted();
    }

    @Test
    void requestFarAheadOfRead_startsItsOwn() {
        read(100);

        read(1_100);

        assertThat(started).hasSize(2);
    }

    @Test
    void requestAheadOfShortPages_doesNotWaitForEachPage() {
        read(0);
        CompletableFuture<History.Page> ahead = read(900);

        started.get(0).complete(page(10)); // a page covers ten offsets

        assertThat(started).hasSize(2);
        started.get(1).complete(page(910));
        assertThat(ahead).isCompleted();
    }

    @Test
    void cachedPage_isServedWithoutRead_evenAtTheLimit() {
        read(100);
        started.get(0).complete(page(150));
        isFull = true;

        assertThat(read(120)).isCompletedWithValueMatching(page -> page.next() == 150);
        assertThat(read(150)).isCompletedExceptionally();
    }

    @Test
    void refusedRequest_leavesNoPendingRead() {
        isFull = true;
        assertThat(read(100)).isCompletedExceptionally();
        isFull = false;

        CompletableFuture<History.Page> next = read(100);

        assertThat(started).hasSize(1);
        started.get(0).complete(page(150));
        assertThat(next).isCompleted();
    }

    @Test
    void startThrows_requestFails_andOthersDoNotWait() {
        startError = new InternalError("unable to create native thread");
        assertThat(read(100)).failsWithin(Duration.ZERO).withThrowableThat().withCause(startError);
        startError = null;

        CompletableFuture<History.Page> next = read(100);

        started.get(0).complete(page(150));
        assertThat(next).isCompleted();
    }

    @Test
    void aPageCannotBeCached_everyWaitingClientFails() {
        CompletableFuture<History.Page> one = read(100);
        CompletableFuture<History.Page> two = read(120);

        started.get(0).complete(new History.Page(brokenList(), 150));

        assertThat(one).isCompletedExceptionally();
        assertThat(two).isCompletedExceptionally();
        read(100);
        assertThat(started).hasSize(2);
    }

    @Test
    void callbackOfOneClientThrows_othersAreServed() {
        CompletableFuture<History.Page> first = read(100);
        AtomicInteger questions = new AtomicInteger();
        CompletableFuture<History.Page> broken = reads.read(request(Set.of("alice"), 110, () -> {
                    questions.incrementAndGet();
                    throw new IllegalStateException("on purpose");
                }))
                .toCompletableFuture();
        CompletableFuture<History.Page> last = read(120);

        started.get(0).complete(page(150));

        assertThat(questions).hasValue(1);
        assertThat(first).isCompletedWithValueMatching(page -> page.next() == 150);
        assertThat(broken).isCompletedExceptionally();
        assertThat(last).isCompletedWithValueMatching(page -> page.next() == 150);
    }

    @Test
    void allClientsHaveDisconnected_nothingIsRead() {
        AtomicBoolean isConnected = new AtomicBoolean(true);
        CompletableFuture<History.Page> gone = read(100, isConnected);
        isConnected.set(false);

        assertThat(started.get(0).begin()).isFalse();

        assertThat(gone).failsWithin(Duration.ZERO).withThrowableThat().isInstanceOf(CancellationException.class);
        read(100);
        assertThat(started).hasSize(2);
    }

    @Test
    void oneClientStillConnected_pageIsRead() {
        AtomicBoolean isConnected = new AtomicBoolean(true);
        CompletableFuture<History.Page> gone = read(100, isConnected);
        CompletableFuture<History.Page> stays = read(110);
        isConnected.set(false);

        assertThat(started.get(0).begin()).isTrue();
        started.get(0).complete(page(150));

        assertThat(gone).isCompletedExceptionally();
        assertThat(stays).isCompleted();
    }

    @Test
    void failedRead_failsWaitingRequests_andIsNotCached() {
        CompletableFuture<History.Page> one = read(100);
        CompletableFuture<History.Page> two = read(101);

        started.get(0).fail(new IllegalStateException("Kafka is away"));

        assertThat(one).isCompletedExceptionally();
        assertThat(two).isCompletedExceptionally();
        read(100);
        assertThat(started).hasSize(2);
    }

    @Test
    void emptyPage_isReturnedForItsOwnOffset() {
        CompletableFuture<History.Page> one = read(100);
        CompletableFuture<History.Page> two = read(100);

        started.get(0).complete(page(100));

        assertThat(one).isCompleted();
        assertThat(two).isCompleted();
        assertThat(started).hasSize(1);
    }

    private CompletableFuture<History.Page> read(long from) {
        return read(from, new AtomicBoolean(true));
    }

    private CompletableFuture<History.Page> read(long from, AtomicBoolean isConnected) {
        return reads.read(request(Set.of("alice"), from, isConnected::get)).toCompletableFuture();
    }

    private static History.Request request(Set<String> authors, long from, BooleanSupplier isWanted) {
        return new History.Request(3, authors, "caller", from, () -> Long.MAX_VALUE, isWanted);
    }

    private void start(SharedReads.Read read) {
        if (isFull) {
            throw StreamRefusedException.instanceLimitReached(
                    "replays", new GatewayLimits.Maximum("heartline.gateway.replay.waiting", 1));
        }
        if (startError != null) {
            throw startError;
        }
        started.add(read);
    }

    private static List<LogEntry> brokenList() {
        return new AbstractList<>() {
            @Override
            public LogEntry get(int index) {
                throw new IllegalStateException("on purpose");
            }

            @Override
            public int size() {
                return 1;
            }
        };
    }

    private static History.Page page(long next) {
        return new History.Page(List.of(), next);
    }
}
