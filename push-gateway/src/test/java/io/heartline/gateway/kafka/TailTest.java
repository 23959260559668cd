package io.heartline.gateway.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import java.util.List;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.Uuid;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TailTest {

    @ParameterizedTest
    @CsvSource({"1, [0 1 2 3 4]", "2, [0 2 4] [1 3]", "3, [0 3] [1 4] [2]", "9, [0] [1] [2] [3] [4]"})
    void eachPartitionBelongsToOneTail_byItsNumber(int maxTails, String expected) {
        List<List<Integer>> groups = Tail.divide(new LikesLog("likes", Uuid.randomUuid(), 5), maxTails).stream()
                .map(group -> group.stream().map(TopicPartition::partition).toList())
                .toList();

        String text = groups.toString().replace(",", "");
        assertThat(text.substring(1, text.length() - 1)).isEqualTo(expected);
    }
}
