package io.heartline.gateway;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads a page from Kafka. Thread-safe, with a consumer for each thread. */
final class PageReader {

    private static final Logger logger = LoggerFactory.getLogger(PageReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final LogReader.Limits limits;
    private final Supplier<Consumer<byte[], byte[]>> consumer;
    private final Supplier<Consumer<byte[], byte[]>> probes;

    /**
     * @param consumer supplies the consumer of the current thread
     * @param probes consumers to search for undecodable records with
     */
    PageReader(
            String topic,
            LogReader.Limits limits,
            Supplier<Consumer<byte[], byte[]>> consumer,
            Supplier<Consumer<byte[], byte[]>> probes) {
        this.topic = topic;
        this.limits = limits;
        this.consumer = consumer;
        this.probes = probes;
    }

    /** Reads a page that begins at the request's first offset. */
    LogReader.Page read(SharedReads.Request request) {
        long end = request.end().getAsLong();
        if (request.from() >= end) {
            return new LogReader.Page(List.of(), request.from());
        }
        Consumer<byte[], byte[]> kafka = consumer.get();
        TopicPartition place = new TopicPartition(topic, request.author().partition());
        kafka.assign(Set.of(place));
        kafka.seek(place, request.from());
        try {
            return page(kafka, place, request, end);
        } catch (RuntimeException | Error e) {
            if (!DamageSearch.isPossible(e)) {
                throw e;
            }
            kafka.unsubscribe(); // drops what it has fetched and fails by
            return pageBeforeDamage(place, request, end, e);
        }
    }

    /**
     * Reads a page up to the first record that cannot be decoded. Uses one record per poll, because an error discards the
     * whole poll.
     */
    private LogReader.Page pageBeforeDamage(TopicPartition place, SharedReads.Request request, long end, Throwable e) {
        try (Consumer<byte[], byte[]> probe = probes.get()) {
            checkIsDecodable(probe, place, request.from(), e);
            probe.assign(Set.of(place));
            probe.seek(place, request.from());
            return page(probe, place, request, end);
        }
    }

    /** @throws UndecodableException if a page cannot begin at the offset, and which offset it can begin at */
    private void checkIsDecodable(Consumer<byte[], byte[]> probe, TopicPartition place, long from, Throwable e) {
        DamageSearch search = new DamageSearch(probe, limits.patience());
        if (!search.isDecodable(place, from)) {
            long end = probe.endOffsets(Set.of(place), limits.patience()).get(place);
            UndecodableException undecodable =
                    new UndecodableException(from, search.firstDecodable(place, from, end), e);
            logger.warn("{}: a replay cannot go on, {}: {}", place, undecodable.getMessage(), e.toString());
            throw undecodable;
        }
    }

    /** Reads until a page is full. If Kafka fails or the timeout expires, returns the records read so far. */
    private LogReader.Page page(
            Consumer<byte[], byte[]> kafka, TopicPartition place, SharedReads.Request request, long end) {
        List<Entry> entries = new ArrayList<>();
        long deadline = System.nanoTime() + limits.patience().toNanos();
        long bytes = 0;
        int looked = 0;
        while (kafka.position(place) < end && looked < limits.records()) {
            ConsumerRecords<byte[], byte[]> polled;
            try {
                polled = kafka.poll(POLL);
            } catch (RuntimeException | Error e) {
                if (e instanceof VirtualMachineError || kafka.position(place) == request.from()) {
                    throw e;
                }
                break;
            }
            for (ConsumerRecord<byte[], byte[]> record : polled.records(place)) {
                if (record.offset() >= end) {
                    return new LogReader.Page(entries, end);
                }
                looked++;
                if (request.author().id().equals(Entry.author(record))) {
                    bytes += record.value() == null ? 0 : record.value().length;
                    if (bytes > limits.pageBytes() && !entries.isEmpty()) {
                        return new LogReader.Page(entries, record.offset());
                    }
                    entries.add(new Entry(request.author().id(), record));
                    if (entries.size() == limits.matches()) {
                        return new LogReader.Page(entries, record.offset() + 1);
                    }
                }
            }
            if (System.nanoTime() - deadline > 0) {
                if (kafka.position(place) > request.from()) {
                    break;
                }
                throw new TimeoutException("Kafka did not deliver within " + limits.patience());
            }
        }
        return new LogReader.Page(entries, Math.min(end, kafka.position(place)));
    }
}
