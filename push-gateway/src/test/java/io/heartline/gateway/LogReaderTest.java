package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.internals.AutoOffsetResetStrategy;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;

class LogReaderTest {

    private static final TopicPartition PLACE = new TopicPartition("likes", 3);

    private final CountDownLatch kafkaIsSlow = new CountDownLatch(1);
    private LogReader reader;

    @AfterEach
    void stop() throws InterruptedException {
        kafkaIsSlow.countDown();
        reader.stop();
    }

    @Test
    void aReplayTooMany_isRefused_andThereIsRoomAgainOnceOneIsDone() {
        reader = reader(1, 1, 0, Duration.ofSeconds(5), this::slowly);
        CompletableFuture<LogReader.Page> reading = read("one", "alice");
        CompletableFuture<LogReader.Page> waiting = read("two", "alice");

        assertThat(read("three", "alice"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE));

        kafkaIsSlow.countDown();
        assertThat(reading).succeedsWithin(Duration.ofSeconds(30));
        assertThat(waiting).succeedsWithin(Duration.ofSeconds(30));
        await().untilAsserted(() -> assertThat(read("three", "alice")).succeedsWithin(Duration.ofSeconds(5)));
    }

    @Test
    void oneCallersReplays_leaveRoomForOthers() {
        reader = reader(1, 9, 2, Duration.ofSeconds(5), this::slowly);
        read("greedy", "alice");
        read("greedy", "alice");

        assertThat(read("greedy", "alice"))
                .failsWithin(Duration.ZERO)
                .withThrowableThat()
                .havingCause()
                .isInstanceOfSatisfying(
                        RefusedException.class, e -> assertThat(e.status()).isEqualTo(HttpStatus.TOO_MANY_REQUESTS));
        CompletableFuture<LogReader.Page> modest = read("modest", "alice");

        assertThat(modest).isNotDone();
        kafkaIsSlow.countDown();
        assertThat(modest).succeedsWithin(Duration.ofSeconds(30));
    }

    @Test
    void kafkaThatDeliversNothing_failsThePageInTime() {
        reader = reader(1, 1, 0, Duration.ofMillis(50), () -> consumer(0));

        assertThat(read("one", "alice"))
                .failsWithin(Duration.ofSeconds(30))
                .withThrowableThat()
                .withMessageContaining("did not deliver within PT0.05S");
    }

    @Test
    void aPage_isTheAuthorsOwnRecords_andSaysHowFarItLooked() {
        reader = reader(1, 1, 0, Duration.ofSeconds(5), () -> consumer(10));

        LogReader.Page page = read("one", "alice").join();

        assertThat(page.entries()).extracting(entry -> entry.offset).containsExactly(0L, 2L, 4L, 6L, 8L);
        assertThat(page.next()).isEqualTo(10);
    }

    private CompletableFuture<LogReader.Page> read(String caller, String author) {
        return reader.read(
                        3,
                        new Following(author, Set.of(), Duration.ZERO, Caller.named(caller)),
                        0,
                        () -> 10,
                        () -> true)
                .toCompletableFuture();
    }

    private static LogReader reader(
            int threads, int waiting, int perCaller, Duration patience, Supplier<Consumer<byte[], byte[]>> consumers) {
        return new LogReader(
                "likes", new LogReader.Limits(threads, waiting, perCaller, 100, 1_000, patience), consumers);
    }

    private Consumer<byte[], byte[]> slowly() {
        try {
            kafkaIsSlow.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return consumer(10);
    }

    /** Over a log of so many records, in turn of alice and of bob. Each read begins at its start. */
    private static Consumer<byte[], byte[]> consumer(int records) {
        MockConsumer<byte[], byte[]> kafka = new MockConsumer<>(AutoOffsetResetStrategy.NONE.name()) {
            @Override
            public void seek(TopicPartition partition, long offset) {
                super.seek(partition, offset);
                for (int i = 0; i < records; i++) {
                    byte[] author = (i % 2 == 0 ? "alice" : "bob").getBytes(StandardCharsets.UTF_8);
                    addRecord(new ConsumerRecord<>("likes", 3, i, author, new byte[0]));
                }
            }
        };
        kafka.updateBeginningOffsets(Map.of(PLACE, 0L));
        kafka.updateEndOffsets(Map.of(PLACE, 10L));
        return kafka;
    }
}
