package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.kafka.ConsumerRecordReader;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSink;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.Polled;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.time.Duration;
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
 * Measures the way of a record through its partition, from the poll to the sinks of its followers. Each gateway does this work for
 * each record of the topic. Most records have no follower on the instance. They are added to the full ring, which evicts its oldest
 * records.
 */
@State(Scope.Benchmark)
public class LookUpBenchmark {

    /** The ring of one of 48 partitions with the default memory. */
    private static final long RING_BYTES = 64 * 1024 * 1024 / 48;

    private static final int POLLS = 130; // each poll has other authors; the ring has space for less than half of them
    private static final ConsumerRecordReader RECORDS = new ConsumerRecordReader();
    private static final int FEW = 100;

    @Param({"1", "10000", "1000000"})
    int followed;

    private final Set<String> names = new HashSet<>();
    private Partition partition;
    private Polled rare;
    private Polled frequent;
    private Polled wanted;
    private long received;

    @Setup
    public void follow() {
        GatewayMetrics metrics = new GatewayMetrics(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
        Connections connections = new Connections(System::nanoTime, Duration.ofSeconds(20), metrics);
        partition = new Partition(
                "k3f9x2ab",
                0,
                0,
                new PartitionContext(
                        key -> 0,
                        new RingBudget(RING_BYTES),
                        1024,
                        request -> {
                            throw new IllegalStateException("no client falls behind");
                        },
                        metrics,
                        new DeliveryTracing(Tracer.NOOP, Propagator.NOOP, "likes")));
        for (int i = 0; i < followed; i++) {
            String author = followed(i);
            names.add(author);
            FollowRequest request = FollowRequest.allLikesOf(author);
            ActiveLog.Start now = new ActiveLog.Start(partition, request.authors(), null);
            LikeStream.open(request, List.of(now), new Reader(), connections);
        }
        rare = new Polled(POLLS, i -> "rare-" + i);
        frequent = new Polled(POLLS, i -> "frequent-" + i % FEW);
        // in another order than the connections were opened
        wanted = new Polled(POLLS, i -> followed((int) (i * 7919L % followed)));
        System.gc(); // otherwise the collector would move the new objects during the measurement
    }

    private static String followed(int number) {
        return "author-" + number;
    }

    /** Measures records without a follower, of authors that have no other record in the ring. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void unfollowed() {
        accept(rare);
    }

    /** Measures records without a follower, of {@value #FEW} authors with many records. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void unfollowedButFrequent() {
        accept(frequent);
    }

    /** Measures records with one follower: the record is decoded and encoded, and one reader receives the frame. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public long followed() {
        accept(wanted);
        return received;
    }

    /** Measures the lower bound: a look-up of the author in a set of names. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public int onlyTheName() {
        int found = 0;
        for (ConsumerRecord<byte[], byte[]> record : rare.poll()) {
            if (names.contains(LogEntry.keyAsText(record.key()))) {
                found++;
            }
        }
        return found;
    }

    private void accept(Polled records) {
        partition.accept(records.poll(), RECORDS, records.end());
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
            received += frames.size();
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
