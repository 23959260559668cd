package io.heartline.bench;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.quickstart.backends.Folders;
import io.heartline.quickstart.backends.InProcessKafka;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.utils.Exit;

/** A Kafka broker in this process, whose log goes when it does. */
final class Broker implements AutoCloseable {

    private static final int PARTITIONS = 8;

    private final Path folder;
    private final InProcessKafka kafka;

    private Broker(Path folder) {
        this.folder = folder;
        this.kafka = InProcessKafka.start(folder);
    }

    static Broker start() {
        try {
            Console.progress("starting a broker");
            // a broker that gives up halts its JVM, past what stops the servers under test when it ends
            Exit.setHaltProcedure((status, message) -> {
                System.err.println("the broker has given up" + (message == null ? "" : ": " + message));
                System.exit(status);
            });
            return new Broker(Files.createTempDirectory("heartline-bench"));
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
    }

    String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Its name. It is empty, and ready to be written to and read. */
    String newTopic() throws InterruptedException {
        String topic = "likes-" + System.nanoTime();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            LikesLog.create(admin, LikesTopic.newTopic(topic, PARTITIONS, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
            return topic;
        } catch (ExecutionException | TimeoutException e) {
            throw new CannotMeasureException("Kafka did not create a topic", e);
        }
    }

    /** How many records a topic has. */
    long records(String topic) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, PARTITIONS)
                    .mapToObj(partition -> new TopicPartition(topic, partition))
                    .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
            return admin.listOffsets(ends).all().get(30, TimeUnit.SECONDS).values().stream()
                    .mapToLong(ListOffsetsResultInfo::offset)
                    .sum();
        } catch (ExecutionException | TimeoutException e) {
            throw new CannotMeasureException("Kafka does not tell how long a topic is", e);
        }
    }

    /** Gives back its place on the disk. */
    void delete(String topic) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CannotMeasureException("Kafka did not delete a topic", e);
        }
    }

    @Override
    public void close() {
        kafka.close();
        Folders.delete(folder);
    }
}
