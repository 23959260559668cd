package io.heartline.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.TopicPartition;

/**
 * Reads again what has left the ring: a page at a time, few at once, and never on the thread that follows the log's end. A
 * page that finds no thread and no place in the queue, or whose caller waits for too many, fails.
 */
final class LogReader {

    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final Limits limits;
    private final Admission admission;
    private final Supplier<Consumer<byte[], byte[]>> consumers;
    private final ThreadPoolExecutor threads;
    private final ThreadLocal<Consumer<byte[], byte[]>> consumer;
    private final Set<Consumer<byte[], byte[]>> opened = ConcurrentHashMap.newKeySet();

    /**
     * An author's records, and how far the log was read for them.
     *
     * @param next the first offset that is not covered
     */
    record Page(List<Entry> entries, long next) {}

    /** What the log of a partition spans: its first offset, and the end offset that is not written yet. */
    record Bounds(long begin, long end) {}

    /**
     * @param threads how many pages are read at once
     * @param waiting how many more may wait
     * @param perCaller how many of both one caller may have; 0 for no such limit
     * @param matches events in a page
     * @param records looked at for a page
     * @param patience with Kafka, for a page
     */
    record Limits(int threads, int waiting, int perCaller, int matches, int records, Duration patience) {}

    LogReader(String topic, Limits limits, Supplier<Consumer<byte[], byte[]>> consumers) {
        this.topic = topic;
        this.limits = limits;
        this.consumers = consumers;
        admission = new Admission("replays", limits.threads() + limits.waiting(), limits.perCaller());
        AtomicInteger count = new AtomicInteger();
        threads = new ThreadPoolExecutor(
                limits.threads(),
                limits.threads(),
                1,
                TimeUnit.MINUTES,
                new LinkedBlockingQueue<>(),
                task -> new Thread(task, "log-reader-" + count.incrementAndGet()));
        consumer = ThreadLocal.withInitial(() -> {
            Consumer<byte[], byte[]> own = this.consumers.get();
            opened.add(own);
            return own;
        });
    }

    /**
     * What a consumer for this needs beside the usual. A fetch ahead that finds the log's end would wait there for half a
     * second, and keep the next page waiting; and of what is fetched at once, what is beyond the page is for nothing.
     */
    static Properties consumerSettings() {
        Properties settings = new Properties();
        settings.setProperty(ConsumerConfig.FETCH_MAX_WAIT_MS_CONFIG, "0");
        settings.setProperty(ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, Integer.toString(256 * 1024));
        return settings;
    }

    /** Pages that are being read or wait to be. */
    int reading() {
        return admission.inside();
    }

    /** What the log has of a partition right now. */
    CompletionStage<Bounds> bounds(int partition, String caller) {
        TopicPartition place = new TopicPartition(topic, partition);
        return onConsumer(caller, kafka -> {
            kafka.assign(Set.of(place));
            return new Bounds(
                    kafka.beginningOffsets(Set.of(place), limits.patience()).get(place),
                    kafka.endOffsets(Set.of(place), limits.patience()).get(place));
        });
    }

    /** See {@link Partition.Pages}. */
    CompletionStage<Page> read(
            int partition, Following following, long from, LongSupplier end, BooleanSupplier isWanted) {
        TopicPartition place = new TopicPartition(topic, partition);
        return onConsumer(following.caller().name(), kafka -> {
            kafka.assign(Set.of(place));
            kafka.seek(place, from);
            return read(kafka, place, following.authorId(), end.getAsLong());
        });
    }

    private Page read(Consumer<byte[], byte[]> kafka, TopicPartition place, String authorId, long end) {
        List<Entry> entries = new ArrayList<>();
        long deadline = System.nanoTime() + limits.patience().toNanos();
        int looked = 0;
        while (kafka.position(place) < end && looked < limits.records()) {
            for (ConsumerRecord<byte[], byte[]> record : kafka.poll(POLL).records(place)) {
                if (record.offset() >= end) {
                    return new Page(entries, end);
                }
                looked++;
                if (authorId.equals(Entry.author(record))) {
                    entries.add(new Entry(authorId, record));
                    if (entries.size() == limits.matches()) {
                        return new Page(entries, record.offset() + 1);
                    }
                }
            }
            if (System.nanoTime() - deadline > 0) {
                throw new IllegalStateException("Kafka did not deliver within " + limits.patience());
            }
        }
        return new Page(entries, Math.min(end, kafka.position(place)));
    }

    private <T> CompletionStage<T> onConsumer(String caller, Function<Consumer<byte[], byte[]>, T> task) {
        Admission.Ticket ticket;
        try {
            ticket = admission.enter(caller);
        } catch (RefusedException e) {
            return CompletableFuture.failedStage(e);
        }
        return CompletableFuture.supplyAsync(() -> task.apply(consumer.get()), threads)
                .whenComplete((result, e) -> ticket.leave());
    }

    void stop() throws InterruptedException {
        threads.shutdownNow();
        if (threads.awaitTermination(limits.patience().toMillis(), TimeUnit.MILLISECONDS)) {
            opened.forEach(Consumer::close);
        }
    }
}
