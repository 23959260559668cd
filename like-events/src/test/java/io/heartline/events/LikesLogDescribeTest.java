package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsResult;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartitionInfo;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.errors.UnsupportedVersionException;
import org.junit.jupiter.api.Test;

class LikesLogDescribeTest {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    @Test
    void describe_returnsIdAndPartitionCount() {
        Uuid id = Uuid.randomUuid();

        assertThat(describe(id)).succeedsWithin(TIMEOUT).isEqualTo(new LikesLog("likes", id, 3));
    }

    /** Brokers without KIP-516 report zeros for every topic: the epoch would be a hash of the partition count alone. */
    @Test
    void topicIdIsZero_describeFails_andNamesTheCause() {
        assertThat(describe(Uuid.ZERO_UUID))
                .failsWithin(TIMEOUT)
                .withThrowableOfType(ExecutionException.class)
                .havingCause()
                .isInstanceOf(UnsupportedVersionException.class)
                .withMessageContainingAll("no id for the topic likes", "KIP-516");
    }

    private static CompletableFuture<LikesLog> describe(Uuid id) {
        return LikesLog.describe(brokerThatReports(id), "likes").toCompletableFuture();
    }

    private static Admin brokerThatReports(Uuid id) {
        Node leader = new Node(1, "127.0.0.1", 9092);
        List<TopicPartitionInfo> partitions =
                Collections.nCopies(3, new TopicPartitionInfo(0, leader, List.of(leader), List.of(leader)));
        TopicDescription topic = new TopicDescription("likes", false, partitions, null, id);
        return (Admin) Proxy.newProxyInstance(
                Admin.class.getClassLoader(), new Class<?>[] {Admin.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("describeTopics")) {
                        return new Described(topic);
                    }
                    throw new UnsupportedOperationException(method.toString());
                });
    }

    private static final class Described extends DescribeTopicsResult {

        Described(TopicDescription topic) {
            super(null, Map.of(topic.name(), KafkaFuture.completedFuture(topic)));
        }
    }
}
