package io.heartline.bench;

import io.heartline.events.LikeEventJson;
import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.NotALikeEventException;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * An event of {@value IngestLikes#EVENT_BYTES} bytes from and to JSON. The report batch parses every record of the topic, a
 * gateway those that somebody follows, and the event producer writes every like.
 */
@State(Scope.Benchmark)
public class EventBenchmark {

    private static final int EVENTS = 20_000;

    private final List<Liked> likes = new IngestLikes(EVENTS, i -> "author-" + i % 1000).likes();
    private final List<ProducerRecord<byte[], byte[]>> records = likes.stream()
            .map(like -> LikeEventRecord.of("likes", like, "/bench"))
            .toList();

    /** As the contract wants it: every field checked, and the key with them. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void parse(Blackhole sink) throws NotALikeEventException {
        for (ProducerRecord<byte[], byte[]> record : records) {
            sink.consume(LikeEventJson.decode(record.key(), record.value()));
        }
    }

    /** The limit: the tokens, and nothing checked. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void onlyTokens(Blackhole sink) {
        for (ProducerRecord<byte[], byte[]> record : records) {
            sink.consume(BareLike.of(record.value()));
        }
    }

    /** The value alone. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void write(Blackhole sink) {
        for (Liked like : likes) {
            sink.consume(LikeEventJson.encode(like));
        }
    }

    /** Everything that Kafka's producer is given: key, value, and the headers of a CloudEvent. */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void writeRecord(Blackhole sink) {
        for (Liked like : likes) {
            sink.consume(LikeEventRecord.of("likes", like, "/bench"));
        }
    }
}
