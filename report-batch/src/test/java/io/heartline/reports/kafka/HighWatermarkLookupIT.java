package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.reports.fold.LikeFixtures;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Lookups of high watermarks from a real broker. */
class HighWatermarkLookupIT {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofSeconds(5);

    private final Queue<Admin> clients = new ArrayDeque<>();
    private TestTopic likes;
    private HighWatermarkLookup watermarks;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(3);
        watermarks = watermarks(likes.topic, LIMIT);
    }

    @AfterEach
    void close() {
        watermarks.close();
    }

    /** Returns a lookup that uses the queued clients first, and then new clients. */
    private HighWatermarkLookup watermarks(String topic, Duration limit) {
        return new HighWatermarkLookup(
                () -> clients.isEmpty() ? likes.clients(1).admin() : clients.remove(), topic, limit);
    }

    @Test
    void requestedPartitions_haveEndOffsets_andUnknownOnesAreMissing() throws Exception {
        likes.append(LikeFixtures.of("alice", 5, 1));
        int partition = likes.log().partitionOf("alice");
        int empty = (partition + 1) % 3;

        HighWatermarkLookup.Snapshot answer = watermarks.fetch(Set.of(partition, empty, 3, 999_999_999));

        assertThat(answer.epoch()).isEqualTo(likes.log().epoch());
        assertThat(answer.endOffsets()).isEqualTo(Map.of(partition, 5L, empty, 0L));
    }

    @Test
    void recreatedTopic_returnsOffsetsOfTheNewLog() throws Exception {
        likes.append(LikeFixtures.of("alice", 5, 1));
        int partition = likes.log().partitionOf("alice");
        watermarks.fetch(Set.of(partition));

        likes.recreate(3);

        HighWatermarkLookup.Snapshot answer = watermarks.fetch(Set.of(partition));
        assertThat(answer.epoch()).isEqualTo(likes.log().epoch());
        assertThat(answer.endOffsets()).isEqualTo(Map.of(partition, 0L));
    }

    @Test
    void missingTopic_fails() {
        HighWatermarkLookup missing = watermarks("missing", LIMIT);

        assertThatThrownBy(() -> missing.fetch(Set.of(0))).isInstanceOf(UnknownTopicOrPartitionException.class);

        missing.close();
    }

    /** If an Error has ended the thread of a client, the client completes no call, not even with a timeout. */
    @Test
    void hangingClient_timesOut_andIsReplaced() {
        clients.add(silent());
        HighWatermarkLookup bounded = watermarks(likes.topic, SHORT);

        assertThatThrownBy(() -> bounded.fetch(Set.of(0)))
                .isInstanceOf(TimeoutException.class)
                .hasMessageContaining("5000 ms");

        assertThat(bounded.fetch(Set.of(0)).endOffsets()).isEqualTo(Map.of(0, 0L));
        bounded.close();
    }

    @Test
    void afterClose_noClientIsCreated() {
        watermarks.fetch(Set.of(0));

        watermarks.close();

        assertThatThrownBy(() -> watermarks.fetch(Set.of(0)))
                .isInstanceOf(KafkaException.class)
                .hasMessageContaining("stopping");
    }

    private Admin silent() {
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("close")) {
                        return null;
                    }
                    assertThat(method.getName()).isEqualTo("describeTopics");
                    return new NeverDescribed(likes.topic);
                });
    }

    private static final class NeverDescribed extends DescribeTopicsResult {

        NeverDescribed(String topic) {
            super(null, Map.of(topic, new KafkaFutureImpl<>()));
        }
    }
}
