package io.heartline.reports.live;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.http.RefusalMetrics;
import io.heartline.reports.progress.Progress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import tools.jackson.databind.json.JsonMapper;

/** The seam between a loaded state and the tail, which may have read the partition further already. */
class LiveTailSeamTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final LikesLog LOG = new LikesLog("likes", Uuid.randomUuid(), 1);
    private static final TopicPartition PARTITION = new TopicPartition("likes", 0);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final LiveMetrics metrics = new LiveMetrics(registry);
    private final MockConsumer<byte[], byte[]> kafka = new MockConsumer<>("none");
    private final LiveAuthors authors = new LiveAuthors(
            new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24)),
            LikeFixtures.HASH,
            new LiveLimits(10, 1_000_000, 1_000, new RefusalMetrics(registry)),
            metrics,
            (author, weeks) -> {},
            JsonMapper.shared()::writeValueAsBytes);
    private final LiveTail tail = new LiveTail(authors, new LogEndChecks(), () -> kafka);
    private final Thread thread = new Thread(tail, "tail");

    @BeforeEach
    void start() {
        thread.start();
    }

    @AfterEach
    void stop() throws Exception {
        tail.close();
        thread.join(10_000);
    }

    /** A client, and the events that it has received. */
    private final class Watcher {

        final List<String> events = new CopyOnWriteArrayList<>();
        LiveClient client;

        Watcher(String author) {
            WatchRequest request =
                    new WatchRequest(author, () -> WEEK, Duration.ofMillis(200), null, Duration.ZERO, null);
            Flux.<byte[]>create(sink -> client = new LiveClient(request, sink, metrics, System.nanoTime()))
                    .subscribe(event -> events.add(new String(event, StandardCharsets.UTF_8)));
            tail.execute(() -> authors.attach(client));
        }

        boolean hasReceived(String text) {
            return events.stream().anyMatch(event -> event.contains(text));
        }
    }

    /** Lets the tail take over the state of an author that includes all records below an offset. */
    private void admit(String author, long next) {
        LiveAuthor state = new LiveAuthor(author, Progress.initial(0, LOG.epoch(), 1, next));
        for (YearWeek week : List.of(WEEK.minusWeeks(1), WEEK)) {
            state.add(new WeeklyReport(new ReportKey(week, author), LOG.epoch(), 0));
        }
        Admission admission = new Admission(
                LOG,
                Map.of(0, new CatchUp.Reached(next, null)),
                List.of(state),
                false,
                Instant.now(),
                System.nanoTime());
        tail.execute(() -> tail.admit(admission));
    }

    private void deliver(long offset, String author) {
        Liked event = new Liked("e-" + offset, "p", author, "liker-" + offset, LikeFixtures.MONDAY);
        ProducerRecord<byte[], byte[]> record = LikeEventRecord.of("likes", event, "/test");
        kafka.addRecord(new ConsumerRecord<>("likes", 0, offset, record.key(), record.value()));
    }

    /** The tail's thread reads the position, because an assigned partition has none before the tail has sought. */
    private void awaitPosition(long offset) {
        await().until(() -> {
            CompletableFuture<Long> position = new CompletableFuture<>();
            tail.execute(
                    () -> position.complete(kafka.assignment().contains(PARTITION) ? kafka.position(PARTITION) : -1L));
            return position.get(10, TimeUnit.SECONDS) == offset;
        });
    }

    @Test
    void stateThatEndsBeforeTheTail_partitionIsReadAgain_andNoRecordIsMissedOrCountedTwice() {
        Watcher alice = new Watcher("alice");
        admit("alice", 100);
        awaitPosition(100);
        deliver(100, "zoe");
        deliver(101, "alice");
        await().until(() -> alice.hasReceived("\"likes\":1,\"unlikes\""));
        awaitPosition(102);

        Watcher zoe = new Watcher("zoe");
        admit("zoe", 100);
        awaitPosition(100);
        deliver(100, "zoe");
        deliver(101, "alice");
        deliver(102, "alice");

        await().until(() -> zoe.hasReceived("\"likes\":1,\"unlikes\""));
        await().until(() -> alice.hasReceived("\"likes\":2,\"unlikes\""));
        assertThat(alice.events).noneMatch(event -> event.contains("\"likes\":3,\"unlikes\""));
        assertThat(alice.events).noneMatch(event -> event.contains("-0-100\n"));
    }

    @Test
    void lastClientOfAPartition_leaves_andTheConsumerIsClosed() {
        Watcher alice = new Watcher("alice");
        admit("alice", 100);
        awaitPosition(100);

        tail.execute(() -> authors.detach(alice.client));

        await().until(kafka::closed);
    }
}
