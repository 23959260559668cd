package io.heartline.gateway.kafka.replay;

import io.heartline.gateway.kafka.UndecodableSearch;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.LogEntry;
import io.heartline.gateway.stream.UndecodableException;
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

/** A reader of pages from Kafka. Thread-safe: each thread has its own consumer. */
final class PageReader {

    private static final Logger logger = LoggerFactory.getLogger(PageReader.class);
    private static final Duration POLL = Duration.ofMillis(500);

    private final String topic;
    private final KafkaHistory.Limits limits;
    private final Supplier<Consumer<byte[], byte[]>> consumer;
    private final Supplier<Consumer<byte[], byte[]>> probes;

    /**
     * Creates a reader.
     *
     * @param topic the name of the topic
     * @param limits the limits of a page
     * @param consumer supplies the consumer of the current thread
     * @param probes creates a consumer that searches for undecodable records; the reader closes it
     */
    PageReader(
            String topic,
            KafkaHistory.Limits limits,
            Supplier<Consumer<byte[], byte[]>> consumer,
            Supplier<Consumer<byte[], byte[]>> probes) {
        this.topic = topic;
        this.limits = limits;
        this.consumer = consumer;
        this.probes = probes;
    }

    /**
     * Reads a page that begins at the request's first offset. Blocks until the page is full or the timeout expires.
     *
     * @throws UndecodableException if the record at that offset cannot be decoded
     */
    History.Page read(History.Request request) {
        long end = request.end().getAsLong();
        if (request.from() >= end) {
            return new History.Page(List.of(), request.from());
        }
        Consumer<byte[], byte[]> kafka = consumer.get();
        TopicPartition topicPartition = new TopicPartition(topic, request.partition());
        kafka.assign(Set.of(topicPartition));
        kafka.seek(topicPartition, request.from());
        try {
            return page(kafka, topicPartition, request, end);
        } catch (RuntimeException | Error e) {
            if (!UndecodableSearch.mayBeUndecodable(e)) {
                throw e;
            }
            kafka.unsubscribe(); // discards fetched records, which would fail the next poll
            return pageBeforeUndecodable(topicPartition, request, end, e);
        }
    }

    /**
     * Reads a page up to the first record that cannot be decoded. It polls one record at a time, because an error discards all
     * records of a poll.
     */
    private History.Page pageBeforeUndecodable(
            TopicPartition topicPartition, History.Request request, long end, Throwable e) {
        try (Consumer<byte[], byte[]> probe = probes.get()) {
            checkDecodable(probe, topicPartition, request.from(), e);
            probe.assign(Set.of(topicPartition));
            probe.seek(topicPartition, request.from());
            return page(probe, topicPartition, request, end);
        }
    }

    /**
     * Checks that a page can begin at an offset.
     *
     * @throws UndecodableException if it cannot; contains the next offset at which a page can begin
     */
    private void checkDecodable(Consumer<byte[], byte[]> probe, TopicPartition topicPartition, long from, Throwable e) {
        UndecodableSearch search = new UndecodableSearch(probe, limits.timeout());
        if (!search.isDecodable(topicPartition, from)) {
            long end =
                    probe.endOffsets(Set.of(topicPartition), limits.timeout()).get(topicPartition);
            UndecodableException undecodable =
                    new UndecodableException(from, search.firstDecodable(topicPartition, from, end), e);
            logger.warn("{}: a replay failed because {}: {}", topicPartition, undecodable.getMessage(), e.toString());
            throw undecodable;
        }
    }

    /**
     * Reads until a page is full. If Kafka fails or the timeout expires, returns the records that it has read.
     *
     * @param end the offset, exclusive, at which the page ends
     */
    private History.Page page(
            Consumer<byte[], byte[]> kafka, TopicPartition topicPartition, History.Request request, long end) {
        List<LogEntry> entries = new ArrayList<>();
        AuthorKeys keys = AuthorKeys.of(request.authors());
        long deadline = System.nanoTime() + limits.timeout().toNanos();
        long bytes = 0;
        int examined = 0;
        while (kafka.position(topicPartition) < end && examined < limits.pageRecords()) {
            ConsumerRecords<byte[], byte[]> polled;
            try {
                polled = kafka.poll(POLL);
            } catch (RuntimeException | Error e) {
                if (e instanceof VirtualMachineError || kafka.position(topicPartition) == request.from()) {
                    throw e;
                }
                break;
            }
            for (ConsumerRecord<byte[], byte[]> record : polled.records(topicPartition)) {
                if (record.offset() >= end) {
                    return new History.Page(entries, end);
                }
                examined++;
                String author = keys.authorOf(record.key());
                if (author != null) {
                    bytes += record.value() == null ? 0 : record.value().length;
                    if (bytes > limits.pageBytes() && !entries.isEmpty()) {
                        return new History.Page(entries, record.offset());
                    }
                    entries.add(new LogEntry(author, record.offset(), record.timestamp(), record.value()));
                    if (entries.size() == limits.pageEvents()) {
                        return new History.Page(entries, record.offset() + 1);
                    }
                }
            }
            if (System.nanoTime() - deadline > 0) {
                if (kafka.position(topicPartition) > request.from()) {
                    break;
                }
                throw new TimeoutException("Kafka did not deliver within " + limits.timeout());
            }
        }
        return new History.Page(entries, Math.min(end, kafka.position(topicPartition)));
    }
}
