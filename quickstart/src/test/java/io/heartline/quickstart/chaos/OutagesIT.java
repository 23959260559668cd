package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Under load, one part stops for half a minute, or responds with errors, and recovers. */
@Tag("chaos")
class OutagesIT {

    private static final Duration OUTAGE = Duration.ofSeconds(30);

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small();

    @Test
    void brokerAway_likesWaitOrAreSentAgain_andReadersStayAndMissNoLike() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.kafka().stop();
            scenario.waitFor(OUTAGE);
            HEARTLINE.kafka().start();

            scenario.awaitMoreLikes();
            assertThat(scenario.reconnects()).as("reconnects of readers").isZero();
            scenario.assertConsistent("the broker stopped for 30 s");
        }
    }

    @Test
    void databaseAway_affectsOnlyReadersOfReports() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.mongo().stop();
            scenario.waitFor(OUTAGE);
            assertThat(HEARTLINE.batch().get("/v1/reports/current").statusCode())
                    .isEqualTo(503);
            HEARTLINE.mongo().start();

            assertThat(scenario.retries()).isZero();
            assertThat(scenario.reconnects()).isZero();
            scenario.assertConsistent("MongoDB stopped for 30 s");
        }
    }

    @Test
    void databaseFailsManyWrites_runsFail_andEveryLikeIsCountedOnce() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.mongo().breakWrites();
            scenario.awaitFailedRuns(5);
            HEARTLINE.mongo().restoreWrites();

            scenario.assertConsistent("two of three writes of reports and progress failed");
        }
    }

    @Test
    void gatewayPaused_readersWait_andMissNoLike() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            HEARTLINE.gateway().process().pause();
            scenario.waitFor(OUTAGE);
            HEARTLINE.gateway().process().resume();

            scenario.awaitMoreLikes();
            scenario.assertConsistent("push-gateway was paused for 30 s");
        }
    }
}
