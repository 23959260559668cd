package io.heartline.reports.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.LikesLog;
import io.heartline.reports.progress.LogSnapshot;
import java.lang.reflect.Proxy;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.LeaderNotAvailableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.apache.kafka.common.internals.KafkaFutureImpl;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The bounds of partitions for each combination of broker responses, without a broker. */
class PartitionBoundsTest {

    private static final LikesLog LOG = new LikesLog("likes", Uuid.randomUuid(), 3);
    private static final Node BROKER = new Node(1, "kafka", 9092);

    private final Map<Integer, Node> leaders = new HashMap<>(Map.of(0, BROKER, 1, BROKER, 2, BROKER));
    private final Map<Integer, RuntimeException> failures = new HashMap<>();
    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

    PartitionBoundsTest() {
        Map<TopicPartition, Long> starts = new HashMap<>();
        Map<TopicPartition, Long> ends = new HashMap<>();
        LogSnapshot.partitions(LOG).forEach(partition -> {
            starts.put(partition, 10L);
            ends.put(partition, 50L);
        });
        consumer.updateBeginningOffsets(starts);
        consumer.updateEndOffsets(ends);
    }

    @AfterEach
    void close() {
        consumer.close();
    }

    @Test
    void everyLeaderAnswers_boundsOfAllPartitionsAreKnown() {
        assertThat(PartitionBounds.fetch(admin(60), consumer, LOG))
                .containsOnlyKeys(0, 1, 2)
                .containsValue(new PartitionBounds(10, 50, 60));
    }

    @Test
    void partitionWithoutLeader_isLeftOut() {
        leaders.put(1, null);

        assertThat(PartitionBounds.fetch(admin(50), consumer, LOG)).containsOnlyKeys(0, 2);
    }

    @Test
    void leaderThatDoesNotAnswer_itsPartitionIsLeftOut() {
        failures.put(2, new TimeoutException("no answer"));

        assertThat(PartitionBounds.fetch(admin(50), consumer, LOG)).containsOnlyKeys(0, 1);
    }

    @Test
    void noLeaderAnswers_fails() {
        IntStream.range(0, 3).forEach(partition -> failures.put(partition, new TimeoutException("no answer")));

        assertThatExceptionOfType(TimeoutException.class)
                .isThrownBy(() -> PartitionBounds.fetch(admin(50), consumer, LOG));
    }

    @Test
    void noPartitionHasALeader_fails() {
        IntStream.range(0, 3).forEach(partition -> leaders.put(partition, null));

        assertThatExceptionOfType(LeaderNotAvailableException.class)
                .isThrownBy(() -> PartitionBounds.fetch(admin(50), consumer, LOG));
    }

    @Test
    void nonRetriableError_fails() {
        failures.put(0, new TopicAuthorizationException("likes"));

        assertThatExceptionOfType(TopicAuthorizationException.class)
                .isThrownBy(() -> PartitionBounds.fetch(admin(50), consumer, LOG));
    }

    @Test
    void highWatermarkAboveTheLastStableOffset_isUnstable() {
        assertThat(new PartitionBounds(0, 50, 60).isStable()).isFalse();
        assertThat(new PartitionBounds(0, 50, 60).unstableRecords()).isEqualTo(10);
        assertThat(new PartitionBounds(0, 60, 60).isStable()).isTrue();
        assertThat(new PartitionBounds(0, 61, 60).isStable())
                .as("stable if records were appended after the high watermark was read")
                .isTrue();
        assertThat(new PartitionBounds(0, 61, 60).unstableRecords()).isZero();
    }

    private Admin admin(long highWatermark) {
        return (Admin) Proxy.newProxyInstance(
                getClass().getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    switch (method.getName()) {
                        case "describeTopics":
                            return new Described(KafkaFuture.completedFuture(topic()));
                        case "listOffsets":
                            return offsets(
                                    ((Map<?, ?>) arguments[0])
                                            .keySet().stream()
                                                    .map(TopicPartition.class::cast)
                                                    .toList(),
                                    highWatermark);
                        default:
                            throw new UnsupportedOperationException(method.getName());
                    }
                });
    }

    private TopicDescription topic() {
        List<TopicPartitionInfo> partitions = IntStream.range(0, 3)
                .mapToObj(partition -> new TopicPartitionInfo(partition, leaders.get(partition), List.of(), List.of()))
                .toList();
        return new TopicDescription("likes", false, partitions);
    }

    private ListOffsetsResult offsets(List<TopicPartition> partitions, long highWatermark) {
        return new ListOffsetsResult(partitions.stream().collect(Collectors.toMap(partition -> partition, partition -> {
            KafkaFutureImpl<ListOffsetsResultInfo> answer = new KafkaFutureImpl<>();
            RuntimeException failure = failures.get(partition.partition());
            if (failure == null) {
                answer.complete(new ListOffsetsResultInfo(highWatermark, -1, java.util.Optional.empty()));
            } else {
                answer.completeExceptionally(failure);
            }
            return answer;
        })));
    }

    private static final class Described extends DescribeTopicsResult {

        Described(KafkaFuture<TopicDescription> topic) {
            super(null, Map.of("likes", topic));
        }
    }
}
