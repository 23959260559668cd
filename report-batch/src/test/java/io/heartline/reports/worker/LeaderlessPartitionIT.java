package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.quickstart.backends.InProcessKafka.Node;
import io.heartline.reports.kafka.HighWatermarkLookup;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsOptions;
import org.apache.kafka.clients.admin.ListTopicsOptions;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One of two brokers stops. The partition whose only replica is on this broker then has no leader. */
@Tag("slow")
class LeaderlessPartitionIT {

    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration STALL = Duration.ofSeconds(3);
    /** The default timeout of an admin client's call. The client waits for a leader for this time. */
    private static final Duration KAFKA_TIMEOUT = Duration.ofSeconds(60);

    /** A restarted broker is registered after the session of the stopped one has expired, by default after 9 s. */
    private static final Map<String, String> SESSIONS =
            Map.of("broker.session.timeout.ms", "4000", "broker.heartbeat.interval.ms", "500");

    private static final String CLUSTER = Uuid.randomUuid().toString();

    @TempDir
    private static Path folder;

    private static Node first;
    private static Node second;
    private static InProcessKafka controller;
    private static InProcessKafka broker;

    private final TestDatabase database = new TestDatabase();
    private final List<LikeEvent> logged = new ArrayList<>();
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeAll
    static void startBrokers() throws Exception {
        int[] ports = FreePorts.find(3);
        first = new Node(1, ports[0], ports[1]);
        second = new Node(2, ports[2], 0);
        controller = start(first);
        createOffsetsTopic();
        broker = start(second);
    }

    /** Creates the topic of group offsets on the broker that does not stop. Otherwise each run waits 5 s to commit. */
    private static void createOffsetsTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", controller.bootstrapServers()))) {
            admin.listConsumerGroupOffsets("any group")
                    .partitionsToOffsetAndMetadata()
                    .get();
            assertThat(admin.listTopics(new ListTopicsOptions().listInternal(true))
                            .names()
                            .get())
                    .contains("__consumer_offsets");
        }
    }

    private static InProcessKafka start(Node node) {
        return InProcessKafka.start(folder.resolve("kafka-" + node.id()), CLUSTER, node, List.of(first), SESSIONS);
    }

    @AfterAll
    static void stopBrokers() {
        broker.close();
        controller.close();
    }

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.createOn(controller.bootstrapServers(), List.of(1, 1, 2));
        assertThat(TestDatabase.AUTHORS)
                .extracting(likes.log()::partitionOf)
                .as("every partition has likes")
                .contains(0, 1, 2);
        batch = batch(CrashPoints.withoutCrash());
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void noLeaderAtStart_othersAreFolded_runNamesIt_nextRunFoldsIt() throws Exception {
        append(300);
        batch.run();
        append(300);
        Instant before = database.clock.instant();
        database.clock.advance(Duration.ofHours(1));
        broker.close();
        try {
            assertThat(batch.executor.findWork()).isPresent();
            RunView view = batch.run();

            assertOnlyTheStoppedPartitionIsMissing(view, before);
            assertThat(batch.run().error())
                    .as("the next run fails, too, although it has nothing else to fold")
                    .contains("partition 2");
        } finally {
            restart();
        }

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);
        assertEverythingIsFolded();
    }

    @Test
    void noLeaderBeforeTheFirstRun_othersAreFolded_andNothingIsPromised() throws Exception {
        append(300);
        broker.close();
        try {
            assertThat(batch.run().error()).contains("partition 2");

            assertThat(batch.progress.all().block()).containsOnlyKeys(0, 1);
            assertThat(batch.store.latest(1).blockFirst().published()).isNull();
        } finally {
            restart();
        }

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);
        assertEverythingIsFolded();
    }

    @Test
    void partitionWithoutLeader_isMissingInTheHighWatermarks_andOthersArePresent() throws Exception {
        append(300);
        HighWatermarkLookup watermarks = new HighWatermarkLookup(likes.clients(1)::admin, likes.topic, KAFKA_TIMEOUT);
        assertThat(watermarks.fetch(Set.of(0, 1, 2)).endOffsets()).containsOnlyKeys(0, 1, 2);
        broker.close();
        try {
            await().atMost(SOON).untilAsserted(() -> assertThat(
                            watermarks.fetch(Set.of(0, 1, 2)).endOffsets())
                    .containsOnlyKeys(0, 1));
        } finally {
            restart();
            watermarks.close();
        }
    }

    @Test
    void leaderLostDuringARun_othersAreFolded_runNamesIt_nextRunFoldsIt() throws Exception {
        append(3_000);
        BatchInstance reading = batch(CrashPoints.pausingAt(0, () -> broker.close()));
        try {
            RunView view = reading.run();

            assertThat(view.status()).isEqualTo(RunStatus.failed);
            assertThat(view.error()).contains("nothing of partition 2").contains("3 s");
            assertThat(reading.progressOf(0).asOf()).isNotNull();
            assertThat(reading.progressOf(1).asOf()).isNotNull();
            assertThat(reading.progressOf(2).asOf()).isNull();
            assertThat(reading.progressOf(2).owner()).isNull();
            assertThat(reading.gauge("heartline.reports.partitions.unreachable"))
                    .isEqualTo(1);
            reading.assertEveryRecordIsAccountedFor();
        } finally {
            restart();
        }

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);
        assertEverythingIsFolded();
    }

    @Test
    void erasureWithoutLeader_failsFast_othersAreFolded_nextRunCompletesIt() throws Exception {
        append(300);
        batch.run();
        append(300);
        String author = authorOf(2);
        broker.close();
        try {
            Instant start = Instant.now();

            assertThatThrownBy(() -> batch.eraser.erase(author)).isInstanceOf(KafkaException.class);
            RunView view = batch.run();

            assertThat(Duration.between(start, Instant.now())).isLessThan(KAFKA_TIMEOUT);
            assertThat(view.error()).contains("partition 2");
            assertThat(eventsInReport(authorOf(0))).isEqualTo(eventsOnTopic(authorOf(0)));
        } finally {
            restart();
        }

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);
        database.assertFiguresEqualNaiveCount(
                logged.stream().filter(like -> !like.authorId().equals(author)).toList());
    }

    private String authorOf(int partition) {
        return TestDatabase.AUTHORS.stream()
                .filter(author -> likes.log().partitionOf(author) == partition)
                .findFirst()
                .orElseThrow();
    }

    private void assertOnlyTheStoppedPartitionIsMissing(RunView view, Instant before) {
        assertThat(view.status()).isEqualTo(RunStatus.failed);
        assertThat(view.error()).contains("partition 2").contains("leader");
        assertThat(batch.progressOf(0).asOf()).isEqualTo(database.clock.instant());
        assertThat(batch.progressOf(1).asOf()).isEqualTo(database.clock.instant());
        assertThat(batch.progressOf(2).asOf()).isEqualTo(before);
        assertThat(batch.gauge("heartline.reports.partitions.unreachable")).isEqualTo(1);
        TestDatabase.AUTHORS.stream()
                .filter(author -> likes.log().partitionOf(author) != 2)
                .forEach(author -> assertThat(eventsInReport(author)).isEqualTo(eventsOnTopic(author)));
    }

    private void assertEverythingIsFolded() {
        database.assertFiguresEqualNaiveCount(logged);
        assertThat(batch.gauge("heartline.reports.partitions.unreachable")).isZero();
    }

    private long eventsInReport(String author) {
        return database.figures(author).likedEvents() + database.figures(author).unlikedEvents();
    }

    private long eventsOnTopic(String author) {
        return logged.stream().filter(like -> like.authorId().equals(author)).count();
    }

    /** Returns an instance with small fetches, so that some records are not yet fetched when a broker stops. */
    private BatchInstance batch(CrashPoints steps) {
        return new BatchInstance(
                likes,
                database.mongo,
                TestDatabase.CALENDAR,
                database.clock,
                100,
                steps,
                Map.of("max.partition.fetch.bytes", "10000"),
                true,
                STALL);
    }

    private void append(int count) throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(count, logged.size());
        likes.append(events);
        logged.addAll(events);
    }

    private void restart() {
        broker = start(second);
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", likes.broker))) {
            await().atMost(SOON).ignoreExceptions().until(() -> hasLeader(admin));
        }
    }

    private boolean hasLeader(Admin admin) throws Exception {
        TopicPartition partition = new TopicPartition(likes.topic, 2);
        ListOffsetsOptions options = new ListOffsetsOptions().timeoutMs(1_000);
        admin.listOffsets(Map.of(partition, OffsetSpec.latest()), options).all().get();
        return true;
    }
}
