package io.heartline.gateway.transport;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.Polled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Measures the way from a record to the buffer that Netty writes. If a record has a follower, {@link LogEntry} decodes and encodes it
 * once. The first reader of a batch copies these bytes into the buffer of the batch. Each further reader on the event loop needs a
 * slice of that buffer, which is what this class measures.
 */
@State(Scope.Benchmark)
public class FrameBenchmark {

    private static final String EPOCH = "k3f9x2ab";
    private static final byte[] HEAD =
            "id:k3f9x2ab-3-1042\nevent:like\ndata:{\"kind\":\"like\",\"position\":\"k3f9x2ab-3-1042\",\"loggedAt\":\"2026-11-24T10:00:00.123Z\",\"event\":"
                    .getBytes(StandardCharsets.US_ASCII);
    private static final byte[] TAIL = "}\n\n".getBytes(StandardCharsets.US_ASCII);

    private final Polled records = new Polled(40, i -> "author-" + i % 1000);
    private final WebSocketStream webSocket =
            new WebSocketStream(sink -> {}, null, Duration.ofMinutes(1), null, () -> {});
    private final EmbeddedChannel webSocketChannel = new EmbeddedChannel(webSocket);
    private final ServerSentEvents eventStream =
            new ServerSentEvents(sink -> {}, true, false, Duration.ofMinutes(1), () -> {});
    private final EmbeddedChannel eventStreamChannel = new EmbeddedChannel(eventStream);
    private List<Frame> frames;

    @Setup
    public void frame() {
        List<ConsumerRecord<byte[], byte[]>> some = records.poll();
        frames = some.stream().map(record -> entry(record).frame()).toList();
    }

    private static LogEntry entry(ConsumerRecord<byte[], byte[]> record) {
        LogEntry entry =
                new LogEntry(LogEntry.keyAsText(record.key()), record.offset(), record.timestamp(), record.value());
        entry.decode(EPOCH, record.partition());
        return entry;
    }

    /** Measures the work per record: the key, the log entry, the validation and the frame. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void recordToFrame(Blackhole sink) {
        for (ConsumerRecord<byte[], byte[]> record : records.poll()) {
            sink.consume(entry(record).frame());
        }
    }

    /** Measures the frame alone, which is a part of {@link #recordToFrame}. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void encode(Blackhole sink) {
        for (ConsumerRecord<byte[], byte[]> record : records.poll()) {
            sink.consume(Frame.like(
                    new Position(EPOCH, record.partition(), record.offset()),
                    Instant.ofEpochMilli(record.timestamp()),
                    record.value()));
        }
    }

    /** Measures the lower bound of {@link #encode}: a copy of as many bytes, with constant text around the event. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void onlyCopy(Blackhole sink) {
        for (ConsumerRecord<byte[], byte[]> record : records.poll()) {
            byte[] event = record.value();
            sink.consume(ByteBuffer.allocate(HEAD.length + event.length + TAIL.length)
                    .put(HEAD)
                    .put(event)
                    .put(TAIL)
                    .array());
        }
    }

    /** Measures the work per reader of a WebSocket, up to the buffer for Netty. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void toWebSocket(Blackhole sink) {
        write(webSocket, webSocketChannel, sink);
    }

    /** Measures the work per reader of an event stream, up to the buffer for Netty. */
    @Benchmark
    @OperationsPerInvocation(Polled.RECORDS_PER_POLL)
    public void toEventStream(Blackhole sink) {
        write(eventStream, eventStreamChannel, sink);
    }

    private void write(ChannelWriter writer, EmbeddedChannel channel, Blackhole sink) {
        writer.write(frames);
        writer.flush();
        for (Object message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            sink.consume(message);
            ReferenceCountUtil.release(message); // Netty releases a message after the write
        }
    }
}
