package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.Polled;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Executor;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * A record's way through its partition, from the poll to the sockets of those who follow its author. Every gateway does that
 * for every record of the topic, and most are of authors whom nobody follows there: they go into the ring, and the oldest
 * ones out of it, which is always full.
 */
@State(Scope.Benchmark)
public class LookUpBenchmark {

    /** A partition's share of the ring, by default. */
    private static final long RING_BYTES = 64 * 1024 * 1024 / 48;

    private static final int POLLS =
            130; // of which each brings other authors, so many that the ring has not half of them
    private static final int FEW = 100;

    @Param({"1", "10000", "1000000"})
    int followed;

    private final Set<String> names = new HashSet<>();
    private Partition partition;
    private Polled rare;
    private Polled frequent;
    private Polled wanted;
    private long told;

    @Setup
    public void follow() {
        partition = new Partition(
                "k3f9x2ab",
                0,
                0,
                new PartitionContext(
                        key -> 0,
                        new RingBudget(RING_BYTES),
                        1024,
                        20_000,
                        (number, following, from, end, isWanted) -> {
                            throw new IllegalStateException("no client falls behind");
                        },
                        System::nanoTime,
                        new GatewayMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT)),
                        new DeliveryTracing(Tracer.NOOP, Propagator.NOOP)));
        for (int i = 0; i < followed; i++) {
            String author = followed(i);
            names.add(author);
            partition.follow(FollowRequest.allLikesOf(author), new Reader());
        }
        rare = new Polled(POLLS, i -> "rare-" + i);
        frequent = new Polled(POLLS, i -> "frequent-" + i % FEW);
        // in an order that is not the one in which they came
        wanted = new Polled(POLLS, i -> followed((int) (i * 7919L % followed)));
        System.gc(); // or what has been made just now would be moved about while something else is measured
    }

    private static String followed(int number) {
        return "author-" + number;
    }

    /** Nobody follows the author, of whom nothing else is in the ring: the longest tail there can be. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public void unfollowed() {
        accept(rare);
    }

    /** Nobody follows the author, one of a hundred who are liked all the time. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public void unfollowedButFrequent() {
        accept(frequent);
    }

    /** Somebody follows the author: the record is read and framed, and one reader is told. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public long followed() {
        accept(wanted);
        return told;
    }

    /** The limit: whether the author is in a set of names, and nothing else is done with the record. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public int onlyTheName() {
        int found = 0;
        for (ConsumerRecord<byte[], byte[]> record : rare.poll()) {
            if (names.contains(LogEntry.author(record))) {
                found++;
            }
        }
        return found;
    }

    private void accept(Polled records) {
        partition.accept(records.poll(), records.end());
    }

    /** Counts the frames that it receives. Its writes cost nothing. */
    private final class Reader implements FrameSink {

        @Override
        public Executor eventLoop() {
            return Runnable::run;
        }

        @Override
        public void opened(FrameSource source) {}

        @Override
        public int writableFrames() {
            return Integer.MAX_VALUE;
        }

        @Override
        public void write(List<Frame> frames) {
            told += frames.size();
        }

        @Override
        public void flush() {}

        @Override
        public void close(Throwable why) {
            throw new IllegalStateException(why);
        }

        @Override
        public long unreadBytes() {
            return 0;
        }

        @Override
        public long lastHeard() {
            return System.nanoTime();
        }
    }
}
