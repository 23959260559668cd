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
 * Measures a record's way through its partition, from the poll to the sockets of its author's followers. Most authors have none
 * on this gateway. Their records enter the ring, too, and evict the oldest ones, because the ring is always full.
 */
@State(Scope.Benchmark)
public class LookUpBenchmark {

    /** A partition's share of the ring in bytes, by default. */
    private static final long RING_BYTES = 64 * 1024 * 1024 / 48;

    /** Number of polls before authors repeat: the ring has room for less than half of their records. */
    private static final int POLLS = 130;

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
        // in another order than that of the subscriptions
        wanted = new Polled(POLLS, i -> followed((int) (i * 7919L % followed)));
        System.gc(); // otherwise a later collection would move these objects during a measurement
    }

    private static String followed(int number) {
        return "author-" + number;
    }

    /** Accepts records of authors without a follower, none with another record in the ring: the longest possible tail. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public void unfollowed() {
        accept(rare);
    }

    /** Accepts records of a hundred authors without a follower, who are liked all the time. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public void unfollowedButFrequent() {
        accept(frequent);
    }

    /** Accepts records of authors with one follower: each record is decoded and encoded, and one reader receives the frame. */
    @Benchmark
    @OperationsPerInvocation(Polled.AT_ONCE)
    public long followed() {
        accept(wanted);
        return told;
    }

    /** Checks only whether the author is in a set of names: the upper bound. */
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
