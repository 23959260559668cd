package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesTopic;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Three brokers and three replicas. Two replicas have to store a like before it is acknowledged. */
@Tag("chaos")
class QuorumIT {

    private static final TopicPartition FIRST = new TopicPartition(LikesTopic.NAME, 0);

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.withThreeBrokers();

    @Test
    void oneOfThreeBrokersKilled_theOthersContinue() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();
            int leader = HEARTLINE.kafka().leaderOf(FIRST);

            HEARTLINE.kafka().kill(leader);

            scenario.awaitMoreLikes();
            assertThat(HEARTLINE.kafka().leaderOf(FIRST)).isNotEqualTo(leader);
            scenario.assertConsistent("kill -9 of one of three brokers");
        }
    }
}
