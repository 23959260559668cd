package io.heartline.bench.server;

import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
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
import java.util.concurrent.CompletionStage;
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

/** A Kafka broker in this process, whose log is deleted when it closes. */
public final class Broker implements AutoCloseable {

    /** Partitions of each topic. */
    public static final int PARTITIONS = 8;

    private final Path folder;
    private final InProcessKafka kafka;

    private Broker(Path folder) {
        this.folder = folder;
        this.kafka = InProcessKafka.start(folder);
    }

    public static Broker start() {
        try {
            Console.progress("starting a broker");
            // a fatal error halts the JVM without its shutdown hooks, which stop the servers under test
            Exit.setHaltProcedure((status, message) -> {
                System.err.println("the broker has failed" + (message == null ? "" : ": " + message));
                System.exit(status);
            });
            return new Broker(Files.createTempDirectory("heartline-bench"));
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder", e);
        }
    }

    public String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    /** Creates an empty topic, and returns its name. */
    public String newTopic() throws InterruptedException {
        String topic = "likes-" + System.nanoTime();
        administer(admin -> LikesLog.create(admin, LikesTopic.newTopic(topic, PARTITIONS, (short) 1, 1)));
        return topic;
    }

    /** Returns the number of records in a topic. */
    public long records(String topic) throws InterruptedException {
        Map<TopicPartition, OffsetSpec> ends = IntStream.range(0, PARTITIONS)
                .mapToObj(partition -> new TopicPartition(topic, partition))
                .collect(Collectors.toMap(Function.identity(), partition -> OffsetSpec.latest()));
        return administer(admin -> admin.listOffsets(ends).all().toCompletionStage()).values().stream()
                .mapToLong(ListOffsetsResultInfo::offset)
                .sum();
    }

    /** Deletes a topic, to free its disk space. */
    public void delete(String topic) throws InterruptedException {
        administer(admin -> admin.deleteTopics(List.of(topic)).all().toCompletionStage());
    }

    private <T> T administer(Function<Admin, CompletionStage<T>> operation) throws InterruptedException {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrapServers()))) {
            return operation.apply(admin).toCompletableFuture().get(30, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new CannotMeasureException("an operation on a topic failed", e);
        }
    }

    @Override
    public void close() {
        kafka.close();
        Folders.delete(folder);
    }
}
