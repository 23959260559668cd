package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FaultyRelay.Direction;
import io.heartline.quickstart.chaos.Deployment.Service;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between event-producer and Kafka has a fault, while every other part reaches the broker. */
@Tag("chaos")
class ProducerLinksIT {

    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration ONE_WAY = Duration.ofSeconds(15);
    private static final Duration RESETS = Duration.ofSeconds(20);
    private static final Duration SLOWNESS = Duration.ofSeconds(30);
    private static final Duration BETWEEN_RESETS = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int SLOW_BYTES_PER_SECOND = 256 * 1024;
    private static final Duration LATENCY = Duration.ofMillis(200);
    private static final String LOCALHOST = "127.0.0.1";

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small().withRelayToKafka(Service.PRODUCER);

    /** A fault, from its beginning until it is over or the service has to get over it. */
    private interface Fault {
        void inject(FaultyRelay link, Scenario trial) throws Exception;
    }

    @Test
    void blackHole_likesGet202Or503InTime_and202AgainAfterwards() throws Exception {
        breakLink("no byte passed between event-producer and Kafka for 30 s", (link, trial) -> {
            link.blackHole();
            awaitReadiness(503);
            trial.waitFor(OUTAGE);
            link.heal();
            assertThat(trial.retries()).as("likes sent again after 503").isPositive();
        });
    }

    /** Nothing heals what is half open: the service has to go on over new connections. */
    @Test
    void brokerGoneWithoutAWord_likesGet202Or503InTime_and202AgainOverNewConnections() throws Exception {
        breakLink("Kafka's ends of event-producer's connections were gone without a word", (link, trial) -> {
            int before = link.accepted();
            link.dropTargets();
            trial.awaitMoreLikes(SOON);
            assertThat(link.accepted()).as("new connections").isGreaterThan(before);
        });
    }

    @Test
    void brokerKeepsHalfOpenConnections_likesGet202Or503InTime() throws Exception {
        breakLink(
                "event-producer's ends of its connections to Kafka were reset, and Kafka did not learn of it",
                (link, trial) -> link.dropClients());
    }

    @Test
    void brokerGetsNothing_likesGet202Or503InTime_and202AgainAfterwards() throws Exception {
        breakLink("for 15 s Kafka got nothing from event-producer", (link, trial) -> {
            link.block(Direction.TO_TARGET);
            trial.waitFor(ONE_WAY);
            link.heal();
        });
    }

    /** Kafka has likes that event-producer knows nothing of, and apps send them again. */
    @Test
    void acknowledgementsGetLost_likesThatAreSentAgainCountOnce() throws Exception {
        breakLink("for 15 s event-producer got nothing from Kafka", (link, trial) -> {
            link.block(Direction.TO_CLIENT);
            trial.waitFor(ONE_WAY);
            link.heal();
            assertThat(trial.retries()).as("likes sent again after 503").isPositive();
        });
    }

    @Test
    void slowLink_everyLikeGets202() throws Exception {
        breakLink("256 KB/s and 200 ms each way between event-producer and Kafka", (link, trial) -> {
            link.slow(SLOW_BYTES_PER_SECOND, LATENCY);
            trial.waitFor(SLOWNESS);
            link.heal();
            assertThat(trial.retries()).as("likes sent again").isZero();
        });
    }

    @Test
    void resetsInALoop_likesGet202Or503InTime() throws Exception {
        breakLink("every connection between event-producer and Kafka reset twice a second for 20 s", (link, trial) -> {
            int before = link.accepted();
            for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
                link.reset();
                trial.waitFor(BETWEEN_RESETS);
            }
            assertThat(link.accepted()).as("new connections").isGreaterThan(before + 5);
        });
    }

    /** Has single likes and a stream meet the fault. */
    private static void breakLink(String description, Fault fault) throws Exception {
        try (Scenario trial = trial();
                StreamClient stream = stream();
                SteadySender sender = new SteadySender(stream)) {
            trial.awaitLoad();
            stream.awaitResults(10, SOON);

            fault.inject(HEARTLINE.kafka().relay(), trial);

            trial.awaitMoreLikes(SOON);
            awaitReadiness(200);
            sender.finish();
            assertThat(trial.load().failedWithoutResponse())
                    .as("likes without an answer within %s: %s", LikeLoad.REQUEST_TIMEOUT, trial.load())
                    .isZero();
            stream.awaitEnd(SOON);
            String seen = stream + (stream.isDone() ? "" : ", cut off");
            stream.assertConsistent(TopicContents.read(HEARTLINE.kafka()));
            assertThatStreamsAreAccepted();
            trial.assertConsistent(
                    description + "; the slowest answer after " + trial.load().maxResponseMillis() + " ms; " + seen);
        }
    }

    private static void assertThatStreamsAreAccepted() throws Exception {
        try (StreamClient stream = stream()) {
            stream.send(100);
            stream.end();
            stream.awaitEnd(SOON);
            assertThat(stream.isDone()).isTrue();
            stream.assertConsistent(TopicContents.read(HEARTLINE.kafka()));
        }
    }

    private static StreamClient stream() throws IOException {
        return new StreamClient(LOCALHOST, HEARTLINE.producer().port(), Backends.unique("streamed"));
    }

    private static void awaitReadiness(int status) {
        await("readiness is " + status)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(200))
                .until(() ->
                        HEARTLINE.producer().get("/actuator/health/readiness").statusCode() == status);
    }

    private static Scenario trial() {
        return new Scenario(HEARTLINE, 20, List.of(new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET)));
    }
}
