package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** One part is away for half a minute under load, or answers with errors, and comes back. */
@Tag("chaos")
class OutagesIT {

    private static final Duration OUTAGE = Duration.ofSeconds(30);

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small();

    @Test
    void brokerAway_likesWaitOrAreSentAgain_andReadersStayAndMissNothing() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.kafka().stop();
            trial.waitFor(OUTAGE);
            HEARTLINE.kafka().start();

            trial.awaitMoreLikes();
            assertThat(trial.reconnects()).as("readers were not sent away").isZero();
            trial.assertConsistent("the broker stopped for 30 s");
        }
    }

    @Test
    void databaseAway_affectsOnlyReadersOfReports() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.mongo().stop();
            trial.waitFor(OUTAGE);
            assertThat(HEARTLINE.batch().get("/v1/reports/current").statusCode())
                    .isEqualTo(503);
            HEARTLINE.mongo().start();

            assertThat(trial.retries()).isZero();
            assertThat(trial.reconnects()).isZero();
            trial.assertConsistent("MongoDB stopped for 30 s");
        }
    }

    @Test
    void databaseFailsManyWrites_runsFail_andEveryLikeIsCountedOnce() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.mongo().breakWrites();
            trial.awaitFailedRuns(5);
            HEARTLINE.mongo().restoreWrites();

            trial.assertConsistent("two of three writes of reports and progress failed");
        }
    }

    @Test
    void gatewayPaused_readersWait_andMissNothing() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            HEARTLINE.gateway().process().pause();
            trial.waitFor(OUTAGE);
            HEARTLINE.gateway().process().resume();

            trial.awaitMoreLikes();
            trial.assertConsistent("push-gateway stood still for 30 s");
        }
    }
}
