package io.heartline.events;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.events.NotALikeEventException.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.internals.BuiltInPartitioner;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LikesLogTest {

    private static final Uuid ID = Uuid.fromString("zXf9mXyWQK2bG9dNnC3w5g");

    @ParameterizedTest
    @ValueSource(ints = {1, 8, 48, 1000})
    void partitionOf_isWhatKafkasDefaultPartitionerChooses(int partitions) {
        LikesLog log = new LikesLog("likes", ID, partitions);

        for (int i = 0; i < 1000; i++) {
            byte[] key = ("author-" + i).getBytes(StandardCharsets.UTF_8);
            assertThat(log.partitionOf("author-" + i)).isEqualTo(BuiltInPartitioner.partitionForKey(key, partitions));
        }
    }

    @Test
    void read_recordInAnotherPartition_isMisplaced() throws Exception {
        LikesLog log = new LikesLog("likes", ID, 8);
        Liked like = new Liked("e-1", "p-1", "alice", "bob", Instant.parse("2026-11-24T10:00:00Z"));
        byte[] key = like.authorId().getBytes(StandardCharsets.UTF_8);
        byte[] value = LikeEventJson.encode(like);
        int own = log.partitionOf("alice");

        assertThat(log.read(new ConsumerRecord<>("likes", own, 0, key, value))).isEqualTo(like);
        assertThatExceptionOfType(NotALikeEventException.class)
                .isThrownBy(() -> log.read(new ConsumerRecord<>("likes", own + 1, 0, key, value)))
                .satisfies(e -> assertThat(e.reason()).isEqualTo(Reason.MISPLACED));
    }

    @Test
    void epoch_isPinned() {
        assertThat(new LikesLog("likes", ID, 48).epoch()).isEqualTo("cpxuipi4");
    }

    @Test
    void epoch_changesWithTheTopicsIdAndItsPartitionCount() {
        String epoch = new LikesLog("likes", ID, 48).epoch();

        assertThat(new LikesLog("likes", ID, 49).epoch()).isNotEqualTo(epoch);
        assertThat(new LikesLog("likes", Uuid.randomUuid(), 48).epoch()).isNotEqualTo(epoch);
        assertThat(Position.parse(epoch + "-0-start").epoch()).isEqualTo(epoch);
    }

    /** Figures of an independent murmur2, so that a client in any language can compute the same. */
    @Test
    void partitionOf_isPinned() {
        LikesLog log = new LikesLog("likes", ID, 48);

        assertThat(log.partitionOf("alice")).isEqualTo(21);
        assertThat(log.partitionOf("bob")).isEqualTo(30);
        assertThat(log.partitionOf("author-1")).isEqualTo(9);
    }
}
