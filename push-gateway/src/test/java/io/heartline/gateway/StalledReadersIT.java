package io.heartline.gateway;

import static java.util.function.Function.identity;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Under load, half of the clients of a gateway with a heap of 64 MB stop reading. The longer form of this test
 * ({@code mvn verify -Psoak}) has 400 clients for a minute, whose unread bytes are a multiple of the heap. Only that form compares
 * the other clients' delays with those before, because a slow machine may not keep up with the likes.
 */
@Order(0) // starts first, because it takes long
@Tag("slow")
class StalledReadersIT {

    private static final Logger logger = LoggerFactory.getLogger(StalledReadersIT.class);
    private static final String TOPIC = Backends.unique("likes");
    private static final int SECONDS = Integer.getInteger("heartline.stall.seconds", 12);
    private static final int SOAK_SECONDS = 60;
    private static final int PARTITIONS = 4;
    private static final int READERS_OF_ALL = 4;
    private static final int READERS_OF_EACH = SECONDS < SOAK_SECONDS ? 40 : 100;
    private static final int LIKES_PER_SECOND = 100;
    private static final int PADDING_BYTES = 4_000;
    private static final int BURST = 5_000; // several times the unread events from which a client receives a digest
    private static TestTopic likes;

    private final List<String> authors = new ArrayList<>(); // one in each partition
    private final List<String> authorsOfAll = new ArrayList<>(); // these, and a second author of one partition
    private final AtomicReference<Histogram> delays = new AtomicReference<>(newHistogram());
    private GatewayProcess gateway;
    private WebSocketReaders healthyReaders;
    private WebSocketReaders otherReaders;
    private SteadyLikeProducer steady;

    @BeforeAll
    static void createTopic() throws Exception {
        likes = new TestTopic(TOPIC);
    }

    @AfterAll
    static void closeProducer() {
        likes.close();
    }

    @BeforeEach
    void start() throws Exception {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            authors.add(likes.author(partition));
        }
        authorsOfAll.addAll(authors);
        authorsOfAll.add(likes.author(0));
        steady = new SteadyLikeProducer(likes, authorsOfAll, LIKES_PER_SECOND, PADDING_BYTES);
    }

    private void startGateway(Duration stallTimeout) throws Exception {
        gateway = new GatewayProcess(
                "-Xmx64m",
                likes,
                "heartline.gateway.ring.size=16MB",
                "heartline.gateway.stall-timeout=" + stallTimeout.toSeconds() + "s");
        healthyReaders = new WebSocketReaders(gateway::url);
        otherReaders = new WebSocketReaders(gateway::url);
    }

    @AfterEach
    void stop() throws Exception {
        steady.stop();
        healthyReaders.close();
        otherReaders.close();
        gateway.close();
    }

    @Test
    void stalledReaders_delayNoOther_useBoundedMemory_andReceiveExactSums() throws Exception {
        startGateway(Duration.ofSeconds(SECONDS / 2));
        List<WebSocketReaders.WebSocketReader> healthy = new ArrayList<>();
        List<WebSocketReaders.WebSocketReader> pausing = new ArrayList<>();
        List<WebSocketReaders.WebSocketReader> stalled = new ArrayList<>();
        for (String author : authors) {
            follow(healthyReaders, author, READERS_OF_EACH / 2, healthy, this::time);
            follow(otherReaders, author, READERS_OF_EACH / 4, pausing, like -> {});
            follow(otherReaders, author, READERS_OF_EACH / 4, stalled, like -> {});
        }
        for (int i = 0; i < READERS_OF_ALL; i++) {
            healthy.add(healthyReaders.read(authorsOfAll, this::time));
            pausing.add(otherReaders.read(authorsOfAll, like -> {}));
            stalled.add(otherReaders.read(authorsOfAll, like -> {}));
        }
        List<WebSocketReaders.WebSocketReader> allReaders = new ArrayList<>(healthyReaders.all());
        allReaders.addAll(otherReaders.all());
        await().atMost(Duration.ofSeconds(30)).until(() -> allReaders.stream().allMatch(reader -> reader.hellos == 1));

        steady.start();
        timeFor(SECONDS / 2); // warms up
        Histogram before = timeFor(SECONDS / 2);
        stalled.forEach(WebSocketReaders.WebSocketReader::stall);
        Histogram during = newHistogram();
        Histogram catchingUp = newHistogram();
        for (int pause = 0; pause < 2; pause++) {
            pausing.forEach(WebSocketReaders.WebSocketReader::stall);
            during.add(timeFor(SECONDS / 4));
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> gateway.metric("heartline_gateway_connection_lag", "") > 0);
            Map<String, Long> sent = steady.counts(authorsOfAll);
            pausing.forEach(WebSocketReaders.WebSocketReader::resumeReading);
            catchingUp.add(timeFor(SECONDS / 4));
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(pausing).allSatisfy(reader -> assertThat(reader.eventsByAuthor())
                            .allSatisfy(
                                    (author, count) -> assertThat(count).isGreaterThanOrEqualTo(sent.get(author)))));
        }
        await().atMost(Duration.ofSeconds(SECONDS + 30))
                .until(() -> gateway.metric("heartline_gateway_closed_total", "slow") == stalled.size());
        stalled.forEach(WebSocketReaders.WebSocketReader::resumeReading);
        // In the longer form, they resume from before the ring. Because few replays run concurrently, some readers are
        // closed with 1013 again.
        await().atMost(Duration.ofSeconds(30)).until(() -> stalled.stream().allMatch(reader -> reader.hellos >= 2));
        steady.stop();

        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(allReaders)
                .allSatisfy(reader -> assertThat(reader.eventsByAuthor()).isEqualTo(steady.counts(reader.authors))));
        logger.info(
                "{} likes to {} readers; healthy p50/p99 {}/{} ms before, {}/{} ms while {} were stalled, {}/{} ms while half of"
                        + " them caught up",
                steady.total(),
                allReaders.size(),
                millis(before, 50),
                millis(before, 99),
                millis(during, 50),
                millis(during, 99),
                stalled.size() + pausing.size(),
                millis(catchingUp, 50),
                millis(catchingUp, 99));
        assertThat(allReaders).allSatisfy(reader -> assertThat(reader.violation).isNull());
        assertThat(healthy).allSatisfy(reader -> {
            assertThat(reader.digests).isZero();
            assertThat(reader.closes).isEmpty();
        });
        assertThat(pausing).allSatisfy(reader -> assertThat(reader.closes).isEmpty());
        assertThat(stalled).allSatisfy(reader -> assertThat(reader.closes)
                .extracting(WebSocketReaders.Close::code)
                .isNotEmpty()
                .containsOnly(1013));
        if (SECONDS >= SOAK_SECONDS) {
            // the p99 depends on the whole machine: another process may slow down only one of the two periods
            assertThat(millis(during, 99)).isLessThan(2 * millis(before, 99) + 50);
        }
        assertThat(gateway.isAlive()).isTrue();
    }

    @Test
    void stalledReaderOfSeveralAuthors_receivesADigestOfEachPartition_withExactSums() throws Exception {
        startGateway(Duration.ofSeconds(30));
        WebSocketReaders.WebSocketReader stalled = otherReaders.read(authorsOfAll, like -> {});
        WebSocketReaders.WebSocketReader healthy = healthyReaders.read(authorsOfAll, like -> {});
        await().until(() -> stalled.hellos == 1 && healthy.hellos == 1);

        stalled.stall();
        for (int i = 0; i < BURST; i++) {
            for (String author : authorsOfAll) {
                likes.sendAsync(author, TestTopic.like("e-" + i, author));
            }
        }
        likes.flush();
        Map<String, Long> sent = authorsOfAll.stream().collect(toMap(identity(), author -> (long) BURST));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> healthy.eventsByAuthor().equals(sent));
        stalled.resumeReading();

        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(stalled.eventsByAuthor()).isEqualTo(sent));
        assertThat(stalled.digestPartitions).hasSize(PARTITIONS);
        assertThat(List.of(stalled, healthy)).allSatisfy(reader -> {
            assertThat(reader.violation).isNull();
            assertThat(reader.closes).isEmpty();
            assertThat(reader.hellos).isOne();
        });
    }

    private void follow(
            WebSocketReaders readers,
            String author,
            int count,
            List<WebSocketReaders.WebSocketReader> kind,
            Consumer<String> onLike) {
        for (int i = 0; i < count; i++) {
            kind.add(readers.read(author, onLike));
        }
    }

    private void time(String id) {
        delays.get().recordValue(Math.max(0, System.nanoTime() - SteadyLikeProducer.due(id)));
    }

    private Histogram timeFor(int seconds) {
        delays.set(newHistogram());
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
        await().atMost(Duration.ofSeconds(seconds + 5)).until(() -> System.nanoTime() >= end);
        return delays.getAndSet(newHistogram());
    }

    private static Histogram newHistogram() {
        return new ConcurrentHistogram(TimeUnit.MINUTES.toNanos(5), 3);
    }

    private static double millis(Histogram nanos, double percentile) {
        return Math.round(nanos.getValueAtPercentile(percentile) / 1e4) / 100.0;
    }
}
