package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Several threads read one log concurrently, each its own partitions, while the rings share little memory. */
class SeveralReadingThreadsTest {

    private static final int THREADS = 4;
    private static final int PARTITIONS = 8;
    private static final int RECORDS = 20_000;
    private static final int MAX_BATCH = 7;
    private static final int RING_BYTES = 40_000;

    private static final Pattern LIKED = Pattern.compile("\"liked\":(\\d+)");

    private final FakeLog log = new FakeLog(PARTITIONS);
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Fanout fanout = new Fanout(
            new Fanout.Limits(RING_BYTES, 1_000_000, 1_000_000, 1 << 30, Duration.ofSeconds(20), Duration.ofHours(30)),
            log,
            System::nanoTime,
            System::currentTimeMillis,
            new GatewayMetrics(registry),
            new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
    private final ExecutorService threads = Executors.newFixedThreadPool(THREADS);

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    @Test
    void everyRecordIsDelivered_andTheRingsStayWithinTheirMemory() throws Exception {
        List<String> authors = new ArrayList<>();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            String author = log.author(partition, 1);
            authors.add(author);
            for (int i = 0; i < RECORDS; i++) {
                log.like(i % 2 == 0 ? author : log.author(partition, 2), "p-1", 0);
            }
        }
        fanout.prepare(log.log);
        IntStream.range(0, PARTITIONS).forEach(fanout::resume);
        fanout.activate();
        DemandReader ofAll = DemandReader.unbounded();
        fanout.follow(new FollowRequest(authors, true, Set.of(), Duration.ZERO, Caller.named("caller")), StartPoint.NOW)
                .attach(ofAll);
        List<DemandReader> ofOne = new ArrayList<>();
        for (String author : authors) {
            DemandReader reader = DemandReader.unbounded();
            fanout.follow(FollowRequest.allLikesOf(author), StartPoint.NOW).attach(reader);
            ofOne.add(reader);
        }

        CyclicBarrier start = new CyclicBarrier(THREADS);
        List<Future<?>> tails = new ArrayList<>();
        for (int thread = 0; thread < THREADS; thread++) {
            int first = thread;
            tails.add(threads.submit(() -> {
                start.await();
                read(first);
                return null;
            }));
        }
        for (Future<?> tail : tails) {
            tail.get(60, TimeUnit.SECONDS);
        }

        fanout.tick();
        for (int partition = 0; partition < PARTITIONS; partition++) {
            assertEveryLikeIsReceived(ofOne.get(partition), partition);
            assertEveryLikeIsReceived(ofAll, partition);
        }
        double all = (double) PARTITIONS * RECORDS;
        assertThat(count("consumed")).isEqualTo(all);
        assertThat(outcome("followed")).isEqualTo(all / 2);
        assertThat(outcome("unfollowed")).isEqualTo(all / 2);
        assertThat(registry.get("heartline.gateway.ring").gauge().value())
                .as("the rings are full, and within their memory")
                .isBetween(RING_BYTES * 0.95, (double) RING_BYTES);
    }

    /** Reads the partitions of one thread in small batches, one partition after the other in each round. */
    private void read(int first) {
        for (int from = 0; from < RECORDS; from += MAX_BATCH) {
            int end = Math.min(RECORDS, from + MAX_BATCH);
            for (int partition = first; partition < PARTITIONS; partition += THREADS) {
                fanout.accept(partition, log.partitions.get(partition).subList(from, end), FakeRecord.READER, end);
            }
        }
    }

    /** Likes arrive once and in order. If a thread pauses, others may evict likes, which are then in a digest. */
    private static void assertEveryLikeIsReceived(DemandReader reader, int partition) {
        long likes = 0;
        long last = -1;
        for (Frame frame : reader.frames()) {
            boolean isDigest = frame.kind() == Frame.Kind.digest;
            if (!isDigest && frame.kind() != Frame.Kind.like || frame.position().partition() != partition) {
                continue;
            }
            assertThat(frame.position().offset()).isGreaterThan(last);
            last = frame.position().offset();
            Matcher sum = LIKED.matcher(frame.json().toString(StandardCharsets.UTF_8));
            likes += isDigest && sum.find() ? Long.parseLong(sum.group(1)) : 1;
        }
        assertThat(last).isEqualTo(RECORDS - 2);
        assertThat(likes).isEqualTo(RECORDS / 2);
    }

    private double count(String meter) {
        return registry.get("heartline.gateway." + meter).counter().count();
    }

    private double outcome(String outcome) {
        return registry.get("heartline.gateway.records")
                .tag("outcome", outcome)
                .counter()
                .count();
    }
}
