package io.heartline.gateway.stream.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.StartPoint;
import io.heartline.gateway.stream.connection.Tick;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Tests random sequences of events, reads, disconnects, resumes, follows and unfollows of clients with several authors. Two instances
 * read the log at different speeds, and clients change between them. No client sees a gap, a duplicate or another order, the sums of
 * digests are exact, and the counters balance.
 */
class SeveralAuthorsSeamTest {

    private static final int PARTITIONS = 3;
    private static final int AUTHORS_PER_PARTITION = 3;
    private static final int STEPS = 600;
    private static final int CLIENTS = 4;

    /** Returns the seeds. {@code -DargLine=-Dseam.seeds=20000} sets their number. */
    static IntStream seeds() {
        return IntStream.range(0, Integer.getInteger("seam.seeds", 200));
    }

    /** An instance of the gateway, which has read the log up to an offset of each partition. */
    private final class Instance {
        final SimpleMeterRegistry registry = new SimpleMeterRegistry();
        final GatewayMetrics metrics = new GatewayMetrics(registry);
        final Fanout fanout;
        final int[] read = new int[PARTITIONS];

        Instance() {
            fanout = new Fanout(
                    new Fanout.Limits(
                            400L * (1 + random.nextInt(60)),
                            1 + random.nextInt(10),
                            100_000,
                            1 << 30,
                            Duration.ofSeconds(20),
                            Duration.ofHours(30)),
                    log,
                    () -> now,
                    () -> now / 1_000_000,
                    metrics,
                    new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes"));
            fanout.prepare(log.log);
            IntStream.range(0, PARTITIONS).forEach(fanout::resume);
            fanout.activate();
        }

        /** Reads the rest of the log, or a random part of it. */
        void poll(boolean everything) {
            for (int partition = 0; partition < PARTITIONS; partition++) {
                List<FakeRecord> records = log.partitions.get(partition);
                int end = everything
                        ? records.size()
                        : read[partition] + random.nextInt(records.size() - read[partition] + 1);
                if (end > read[partition]) {
                    fanout.accept(
                            partition, List.copyOf(records.subList(read[partition], end)), FakeRecord.READER, end);
                    read[partition] = end;
                }
            }
        }

        void tick() {
            for (int turn = 0; turn < Tick.TURNS; turn++) {
                fanout.tick();
            }
        }

        double count(String meter, String outcome) {
            return registry.get("heartline.gateway." + meter)
                    .tag("outcome", outcome)
                    .counter()
                    .count();
        }
    }

    private final FakeLog log = new FakeLog(PARTITIONS);
    private final List<String> authors = new ArrayList<>();
    private Random random;
    private long now = 1;

    @ParameterizedTest
    @MethodSource("seeds")
    void noGap_noDuplicate_orderKept_sumsExact(int seed) {
        random = new Random(seed);
        for (int i = 0; i < PARTITIONS * AUTHORS_PER_PARTITION; i++) {
            authors.add(log.author(i % PARTITIONS, i));
        }
        List<Instance> instances = List.of(new Instance(), new Instance());
        List<TrackedClient> clients = IntStream.range(0, CLIENTS)
                .mapToObj(i -> new TrackedClient(
                        log,
                        i % 2 == 0 ? Set.of() : Set.of("p-1", "p-2"),
                        i < 2 ? Duration.ZERO : Duration.ofSeconds(1 + random.nextInt(3))))
                .toList();
        log.beforePageDelivered = () -> append(random.nextInt(3));
        for (int step = 0; step < STEPS; step++) {
            step(clients.get(random.nextInt(CLIENTS)), instances);
        }
        instances.forEach(instance -> instance.poll(true));
        for (TrackedClient client : clients) {
            if (client.isConnected()) {
                client.request(Long.MAX_VALUE);
            }
        }
        now += Duration.ofSeconds(10).toNanos();
        for (Instance instance : instances) {
            instance.poll(true); // records that were appended while pages were read
            instance.tick();
        }
        log.beforePageDelivered = () -> {};
        for (TrackedClient client : clients) {
            if (client.isConnected()) {
                client.readFrames();
                instances.forEach(instance -> instance.poll(true));
                client.readFrames();
            }
        }
        now += Duration.ofSeconds(10).toNanos();
        instances.forEach(Instance::tick);
        for (TrackedClient client : clients) {
            if (client.isConnected()) {
                client.readFrames();
                client.assertComplete();
                client.disconnect();
            }
        }
        instances.forEach(this::assertBalanced);
    }

    private void step(TrackedClient client, List<Instance> instances) {
        switch (random.nextInt(12)) {
            case 0, 1, 2 -> append(1 + random.nextInt(4));
            case 3, 4, 5 -> instances.get(random.nextInt(2)).poll(random.nextBoolean());
            case 6 -> {
                now += random.nextInt(2_000) * 1_000_000L;
                instances.forEach(Instance::tick);
            }
            case 7 -> {
                if (client.isConnected()) {
                    client.request(1 + random.nextInt(20));
                }
            }
            case 8 -> {
                if (!client.isConnected() || random.nextInt(4) == 0) {
                    connect(client, instances.get(random.nextInt(2)));
                }
            }
            case 9, 10 -> {
                if (client.isConnected()) {
                    client.follow(randomAuthor(), randomStart());
                }
            }
            default -> {
                if (client.isConnected() && client.authors().size() > 1) {
                    List<String> followed = List.copyOf(client.authors());
                    client.unfollow(followed.get(random.nextInt(followed.size())));
                }
            }
        }
        if (client.isConnected()) {
            client.readFrames();
        }
    }

    private void connect(TrackedClient client, Instance instance) {
        List<String> atFirst = client.authors().isEmpty()
                ? authors.stream().filter(author -> random.nextInt(3) == 0).toList()
                : List.of();
        if (atFirst.isEmpty() && client.authors().isEmpty()) {
            atFirst = List.of(randomAuthor());
        }
        client.connect(instance.fanout, atFirst, random.nextInt(3) == 0 ? 5 : Long.MAX_VALUE);
    }

    private String randomAuthor() {
        return authors.get(random.nextInt(authors.size()));
    }

    private StartPoint randomStart() {
        return random.nextInt(3) == 0
                ? StartPoint.since(Instant.ofEpochMilli(now / 1_000_000 - random.nextInt(3_000)))
                : StartPoint.NOW;
    }

    private void append(int events) {
        for (int i = 0; i < events; i++) {
            String post = "p-" + random.nextInt(4);
            switch (random.nextInt(6)) {
                case 0 -> log.unlike(randomAuthor(), post, now / 1_000_000);
                case 1 -> log.append(randomAuthor(), "not an event".getBytes(), now / 1_000_000);
                default -> log.like(randomAuthor(), post, now / 1_000_000);
            }
        }
    }

    private void assertBalanced(Instance instance) {
        double matched =
                instance.registry.get("heartline.gateway.matched").counter().count();
        double outcomes = instance.count("outcomes", "delivered")
                + instance.count("outcomes", "digested")
                + instance.count("outcomes", "filtered")
                + instance.count("outcomes", "abandoned");
        assertThat(outcomes).as("events for live connections by outcome").isEqualTo(matched);
        assertThat(instance.metrics.connections()).isZero();
    }
}
