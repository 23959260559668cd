package io.heartline.gateway.stream.fanout;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.events.Unliked;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.IntStream;
import org.apache.kafka.common.Uuid;

/** A log of several partitions whose records are lists. Several instances can read it, each as far as a test lets it. */
final class FakeLog implements History {

    private static final int PAGE = 5;

    final LikesLog log;
    final List<List<FakeRecord>> partitions;
    /** Runs after a page was read from the log, and before its connection receives it. */
    Runnable beforePageDelivered = () -> {};

    /** Whether the log still has every record since any time. */
    boolean isComplete = true;

    private int events;

    FakeLog(int partitions) {
        log = new LikesLog("likes", Uuid.randomUuid(), partitions);
        this.partitions = IntStream.range(0, partitions)
                .mapToObj(number -> (List<FakeRecord>) new ArrayList<FakeRecord>())
                .toList();
    }

    /** Returns an author of a partition. */
    String author(int partition, int number) {
        return IntStream.iterate(0, i -> i + 1)
                .mapToObj(i -> "a" + number + "-" + i)
                .filter(name -> log.partitionOf(name) == partition)
                .findFirst()
                .orElseThrow();
    }

    void like(String author, String post, long nowMillis) {
        append(author, LikeEventJson.encode(new Liked("e-" + events++, post, author, "bob", Instant.EPOCH)), nowMillis);
    }

    void unlike(String author, String post, long nowMillis) {
        append(
                author,
                LikeEventJson.encode(new Unliked("e-" + events++, post, author, "bob", Instant.EPOCH)),
                nowMillis);
    }

    void append(String author, byte[] value, long nowMillis) {
        List<FakeRecord> records = partitions.get(log.partitionOf(author));
        records.add(new FakeRecord(records.size(), nowMillis, author.getBytes(StandardCharsets.UTF_8), value));
    }

    Position position(int partition, long offset) {
        return new Position(log.epoch(), partition, offset);
    }

    @Override
    public CompletionStage<Page> read(Request request) {
        List<FakeRecord> records = partitions.get(request.partition());
        long end = request.end().getAsLong();
        List<LogEntry> entries = new ArrayList<>();
        long next = request.from();
        while (next < end && entries.size() < PAGE) {
            FakeRecord record = records.get((int) next++);
            String author = LogEntry.keyAsText(record.key());
            if (request.authors().contains(author)) {
                entries.add(new LogEntry(author, record.offset(), record.loggedAt(), record.value()));
            }
        }
        beforePageDelivered.run();
        return CompletableFuture.completedStage(new Page(entries, next));
    }

    @Override
    public CompletionStage<Since> firstSince(int partition, Instant time) {
        List<FakeRecord> records = partitions.get(partition);
        long offset = records.stream()
                .filter(record -> record.loggedAt() >= time.toEpochMilli())
                .mapToLong(FakeRecord::offset)
                .findFirst()
                .orElse(records.size());
        return CompletableFuture.completedStage(new Since(offset, isComplete));
    }

    @Override
    public CompletionStage<Bounds> bounds(int partition, long offset) {
        return CompletableFuture.completedStage(
                new Bounds(0, partitions.get(partition).size()));
    }

    @Override
    public void clearCaches() {}
}
