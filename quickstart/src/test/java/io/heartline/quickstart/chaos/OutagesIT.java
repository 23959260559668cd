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
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            HEARTLINE.kafka().stop();
            trial.last(OUTAGE);
            HEARTLINE.kafka().start();

            trial.awaitMoreLikes();
            assertThat(trial.returns()).as("readers were not sent away").isZero();
            trial.assertTruth("the broker stopped for 30 s");
        }
    }

    @Test
    void databaseAway_nobodyNoticesButReadersOfReports() throws Exception {
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            HEARTLINE.mongo().stop();
            trial.last(OUTAGE);
            assertThat(HEARTLINE.batch().get("/v1/reports/current").statusCode())
                    .isEqualTo(503);
            HEARTLINE.mongo().start();

            assertThat(trial.triesAgain()).isZero();
            assertThat(trial.returns()).isZero();
            trial.assertTruth("MongoDB stopped for 30 s");
        }
    }

    @Test
    void databaseFailsManyWrites_runsFail_andEveryLikeIsCountedOnce() throws Exception {
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            HEARTLINE.mongo().breakWrites();
            trial.awaitFailedRuns(5);
            HEARTLINE.mongo().mendWrites();

            trial.assertTruth("two of three writes of reports and progress failed");
        }
    }

    @Test
    void gatewayStandsStill_readersWait_andMissNothing() throws Exception {
        try (Trial trial = new Trial(HEARTLINE)) {
            trial.underLoad();

            HEARTLINE.gateway().process().pause();
            trial.last(OUTAGE);
            HEARTLINE.gateway().process().goOn();

            trial.awaitMoreLikes();
            trial.assertTruth("push-gateway stood still for 30 s");
        }
    }
}
