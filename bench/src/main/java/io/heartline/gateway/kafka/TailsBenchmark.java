package io.heartline.gateway.kafka;

import io.heartline.bench.client.KafkaClients;
import io.heartline.bench.load.BacklogWriter;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.result.Console;
import io.heartline.bench.server.Broker;
import io.heartline.events.LikesLog;
import io.heartline.gateway.kafka.replay.KafkaHistory;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.fanout.Fanout;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.common.TopicPartition;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/**
 * Measures how fast tails read a backlog whose authors have no follower, from a broker in the same JVM. Other than in {@code
 * LookUpBenchmark}, Kafka's client takes most of the time.
 */
@State(Scope.Benchmark)
public class TailsBenchmark {

    private static final int RECORDS = 1_000_000;
    private static final int AUTHORS = 10_000;
    private static final long RING_BYTES = 64 * 1024 * 1024;
    private static final int FETCH_BYTES = 1024 * 1024; // of push-gateway.yml

    @Param({"1", "2"})
    int tails;

    private Broker broker;
    private LikesLog log;
    private LongSummaryStatistics cpu;

    @Setup
    public void writeBacklog() throws Exception {
        broker = Broker.start();
        String topic = broker.newTopic();
        new BacklogWriter(broker, topic).write(new LikeGenerator(AUTHORS, 10, 100_000, 1, 0), RECORDS);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            log = LikesLog.describe(admin, topic).toCompletableFuture().get(30, TimeUnit.SECONDS);
        }
    }

    @TearDown
    public void stop() {
        broker.close();
    }

    /** Measures one record of the backlog. */
    @Benchmark
    @OperationsPerInvocation(RECORDS)
    public void backlog() throws Exception {
        GatewayMetrics metrics = new GatewayMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        KafkaHistory history = new KafkaHistory(
                log.topic(),
                new KafkaHistory.Limits(1, 1, 0, 1, 1, 1, 1, Duration.ofSeconds(5)),
                () -> consumer(0),
                () -> consumer(0));
        Fanout fanout = new Fanout(
                new Fanout.Limits(RING_BYTES, 1024, 0, 0, Duration.ofSeconds(20), Duration.ofSeconds(30)),
                history,
                System::nanoTime,
                System::currentTimeMillis,
                metrics,
                new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, log.topic()));
        fanout.prepare(log);
        List<Tail> all = new ArrayList<>();
        for (List<TopicPartition> partitions : Tail.divide(log, tails)) {
            all.add(new Tail(
                    all.size(),
                    partitions,
                    new TopicCheck(log),
                    new TailClients(() -> CompletableFuture.completedStage(log), this::consumer, () -> consumer(0)),
                    fanout,
                    new SkippedOffsets(metrics),
                    new TailSettings(log.topic(), tails, RECORDS, Duration.ofSeconds(1), Duration.ofSeconds(10)),
                    () -> {}));
        }
        all.forEach(Tail::start);
        for (Tail tail : all) {
            tail.ready().get(60, TimeUnit.SECONDS);
        }
        cpu = cpuOfTails();
        for (Tail tail : all) {
            tail.stop();
            tail.join();
        }
        history.stop();
    }

    /** Returns the CPU times of the tails, in ns. They are alive until the caller stops them. */
    private static LongSummaryStatistics cpuOfTails() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        return Arrays.stream(threads.dumpAllThreads(false, false))
                .filter(thread -> thread.getThreadName().startsWith("log-tail-"))
                .mapToLong(thread -> threads.getThreadCpuTime(thread.getThreadId()))
                .summaryStatistics();
    }

    /** Prints CPU times, which depend less on other processes than the time of the benchmark does. */
    @TearDown(Level.Iteration)
    public void printCpu() {
        Console.progress(
                "%d tails: %d ns of CPU for each record, %d ns in the busiest one",
                tails, cpu.getSum() / RECORDS, cpu.getMax() / RECORDS);
    }

    private Consumer<byte[], byte[]> consumer(int tail) {
        return KafkaClients.consumer(
                broker.bootstrapServers(),
                Map.of(
                        ConsumerConfig.CLIENT_ID_CONFIG,
                        "tail-" + tail,
                        ConsumerConfig.FETCH_MAX_BYTES_CONFIG,
                        FETCH_BYTES,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed"));
    }
}
