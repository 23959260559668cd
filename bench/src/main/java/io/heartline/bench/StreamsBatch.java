package io.heartline.bench;

import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.KeyValue;
import org.apache.kafka.streams.StoreQueryParameters;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Windowed;
import org.apache.kafka.streams.state.KeyValueIterator;
import org.apache.kafka.streams.state.QueryableStoreTypes;
import org.apache.kafka.streams.state.ReadOnlyWindowStore;

/**
 * The same figures by Kafka Streams, with its own defaults: state in RocksDB and in changelog topics, at least once. It is
 * paused between runs, and a run is over when its offsets are committed, which Streams does after it has flushed its state.
 */
final class StreamsBatch implements BatchPeer.Batch {

    private static final Duration LOOK = Duration.ofMillis(100);

    private final String topic;
    private final Path folder;
    private final Admin admin;
    private final StreamsTopology topology;
    private final KafkaStreams streams;
    private volatile Throwable trouble;

    StreamsBatch(String bootstrap, String topic) throws IOException {
        this.topic = topic;
        this.folder = Files.createTempDirectory("heartline-bench-streams");
        Runtime.getRuntime().addShutdownHook(new Thread(this::close));
        this.admin = Admin.create(Map.of("bootstrap.servers", bootstrap));
        this.topology = new StreamsTopology(topic);
        Properties settings = new Properties();
        settings.put(StreamsConfig.APPLICATION_ID_CONFIG, topic);
        settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        settings.put(StreamsConfig.STATE_DIR_CONFIG, folder.toString());
        settings.put(StreamsConfig.consumerPrefix("auto.offset.reset"), "earliest");
        settings.put(StreamsConfig.consumerPrefix("isolation.level"), "read_committed");
        settings.put(StreamsConfig.consumerPrefix("max.poll.records"), 5000); // as the others read
        this.streams = new KafkaStreams(topology.build(), settings);
        streams.setUncaughtExceptionHandler(e -> {
            trouble = e;
            return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
        });
        streams.pause();
        streams.start();
    }

    @Override
    public void run() throws ExecutionException, InterruptedException {
        Map<TopicPartition, Long> ends = ends();
        topology.commitAt(ends);
        streams.resume();
        while (!isCommitted(ends)) {
            if (trouble != null) {
                throw new IllegalStateException(trouble);
            }
            LockSupport.parkNanos(LOOK.toNanos());
        }
        streams.pause();
    }

    private Map<TopicPartition, Long> ends() throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetSpec> latest =
                admin.describeTopics(List.of(topic)).topicNameValues().get(topic).get().partitions().stream()
                        .collect(Collectors.toMap(
                                found -> new TopicPartition(topic, found.partition()), found -> OffsetSpec.latest()));
        return admin.listOffsets(latest).all().get().entrySet().stream()
                .filter(end -> end.getValue().offset() > 0) // where nothing was, nothing will be committed
                .collect(Collectors.toMap(
                        Map.Entry::getKey, end -> end.getValue().offset()));
    }

    private boolean isCommitted(Map<TopicPartition, Long> ends) throws ExecutionException, InterruptedException {
        Map<TopicPartition, OffsetAndMetadata> committed = admin.listConsumerGroupOffsets(topic)
                .partitionsToOffsetAndMetadata()
                .get();
        return ends.entrySet().stream().allMatch(end -> {
            OffsetAndMetadata at = committed.get(end.getKey());
            return at != null && at.offset() >= end.getValue();
        });
    }

    @Override
    public Figures figures() {
        ReadOnlyWindowStore<byte[], StreamsWeek> weeks = streams.store(
                StoreQueryParameters.fromNameAndType(StreamsTopology.WEEKS, QueryableStoreTypes.windowStore()));
        Figures sum = new StreamsWeek().figures();
        try (KeyValueIterator<Windowed<byte[]>, StreamsWeek> all = weeks.all()) {
            while (all.hasNext()) {
                KeyValue<Windowed<byte[]>, StreamsWeek> next = all.next();
                sum = sum.plus(next.value.figures());
            }
        }
        return sum;
    }

    @Override
    public void close() {
        streams.close(Duration.ofSeconds(10));
        admin.close();
        Folders.delete(folder);
    }
}
