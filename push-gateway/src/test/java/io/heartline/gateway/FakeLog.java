package io.heartline.gateway;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.tracing.Tracer;
import io.micrometer.tracing.propagation.Propagator;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.record.TimestampType;

/** A partition over a log that is a list, and a clock that a test moves. */
final class FakeLog {

    static final String EPOCH = "k3f9";
    static final int NUMBER = 3;
    /** The records of authors whose names begin so belong to another partition. */
    static final String ELSEWHERE = "elsewhere";

    private static final int PAGE = 5;

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final List<ConsumerRecord<byte[], byte[]>> records = new ArrayList<>();
    final Partition partition;
    /** Runs after a page was read from the log, and before its reader receives it. */
    Runnable beforePageIsHanded = () -> {};

    Runnable whenTimeIsRead = () -> {};

    long now = 1;
    int pagesRead;

    /** @param ringBytes of memory; a like takes about 400 */
    FakeLog(long ringBytes, int maxUnread) {
        this(new RingBudget(ringBytes), maxUnread);
    }

    FakeLog(RingBudget ring, int maxUnread) {
        Partition.Context context = new Partition.Context(
                key -> new String(key, StandardCharsets.UTF_8).startsWith(ELSEWHERE) ? NUMBER + 1 : NUMBER,
                ring,
                maxUnread,
                20_000,
                this::page,
                this::readTime,
                new GatewayMetrics(registry),
                new Traces(Tracer.NOOP, Propagator.NOOP));
        partition = new Partition(EPOCH, NUMBER, 0, context);
    }

    private long readTime() {
        whenTimeIsRead.run();
        return now;
    }

    private CompletionStage<LogReader.Page> page(
            int number, Following following, long from, LongSupplier endWhenRead, BooleanSupplier isWanted) {
        pagesRead++;
        long end = endWhenRead.getAsLong();
        List<Entry> entries = new ArrayList<>();
        long next = from;
        while (next < end && entries.size() < PAGE) {
            ConsumerRecord<byte[], byte[]> record = records.get((int) next++);
            if (following.authorId().equals(Entry.author(record))) {
                entries.add(new Entry(following.authorId(), record));
            }
        }
        beforePageIsHanded.run();
        return CompletableFuture.completedStage(new LogReader.Page(entries, next));
    }

    void like(String author, String post) {
        String id = "e-" + records.size();
        append(author, new String(LikeEventJson.encode(new Liked(id, post, author, "bob", Instant.EPOCH))));
    }

    void like(String author) {
        like(author, "p-1");
    }

    void unlike(String author) {
        String id = "e-" + records.size();
        append(author, new String(LikeEventJson.encode(new Unliked(id, "p-1", author, "bob", Instant.EPOCH))));
    }

    void append(String key, String value) {
        ConsumerRecord<byte[], byte[]> record = new ConsumerRecord<>(
                "likes",
                NUMBER,
                records.size(),
                now / 1_000_000,
                TimestampType.LOG_APPEND_TIME,
                ConsumerRecord.NULL_SIZE,
                ConsumerRecord.NULL_SIZE,
                key == null ? null : key.getBytes(StandardCharsets.UTF_8),
                value.getBytes(StandardCharsets.UTF_8),
                new RecordHeaders(),
                Optional.empty());
        records.add(record);
        partition.accept(List.of(record), records.size());
    }

    void tick(Duration after) {
        tick(after, false);
    }

    void tick(Duration after, boolean isAfterPause) {
        now += after.toNanos();
        for (int turn = 0; turn < Tick.TURNS; turn++) {
            partition.tick(new Tick(
                    now,
                    now / 1_000_000,
                    Duration.ofSeconds(20).toNanos(),
                    Duration.ofSeconds(30).toNanos(),
                    turn,
                    isAfterPause));
        }
    }

    double count(String meter, String outcome) {
        return registry.get("heartline.gateway." + meter)
                .tag("outcome", outcome)
                .counter()
                .count();
    }

    double count(String meter) {
        return registry.get("heartline.gateway." + meter).counter().count();
    }

    double closed(String reason) {
        return registry.get("heartline.gateway.closed")
                .tag("reason", reason)
                .counter()
                .count();
    }

    double connections() {
        return registry.get("heartline.gateway.connections").gauge().value();
    }
}
