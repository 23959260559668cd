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

/** The network between event-producer and Kafka has a fault. All other parts can reach the broker. */
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

    /** Injects a fault, and returns when the fault has ended or the service has to recover from it. */
    private interface Fault {
        void inject(FaultyRelay link, Scenario scenario) throws Exception;
    }

    @Test
    void blackHole_likesGet202Or503InTime_and202AgainAfterwards() throws Exception {
        breakLink("no byte passed between event-producer and Kafka for 30 s", (link, scenario) -> {
            link.blackHole();
            awaitReadiness(503);
            scenario.waitFor(OUTAGE);
            link.heal();
            assertThat(scenario.retries()).as("likes sent again after 503").isPositive();
        });
    }

    /** Half-open connections do not recover: the service has to continue over new connections. */
    @Test
    void brokerVanishes_likesGet202Or503InTime_and202AgainOverNewConnections() throws Exception {
        breakLink("Kafka's ends of event-producer's connections vanished without a FIN or RST", (link, scenario) -> {
            int before = link.accepted();
            link.dropTargets();
            scenario.awaitMoreLikes(SOON);
            assertThat(link.accepted()).as("new connections").isGreaterThan(before);
        });
    }

    @Test
    void brokerKeepsHalfOpenConnections_likesGet202Or503InTime() throws Exception {
        breakLink(
                "event-producer's ends of its connections to Kafka were reset, without an RST to Kafka",
                (link, scenario) -> link.dropClients());
    }

    @Test
    void brokerGetsNothing_likesGet202Or503InTime_and202AgainAfterwards() throws Exception {
        breakLink("for 15 s Kafka received nothing from event-producer", (link, scenario) -> {
            link.block(Direction.TO_TARGET);
            scenario.waitFor(ONE_WAY);
            link.heal();
        });
    }

    /** Kafka has likes that event-producer could not acknowledge, and apps send these likes again. */
    @Test
    void acknowledgementsGetLost_likesThatAreSentAgainCountOnce() throws Exception {
        breakLink("for 15 s event-producer received nothing from Kafka", (link, scenario) -> {
            link.block(Direction.TO_CLIENT);
            scenario.waitFor(ONE_WAY);
            link.heal();
            assertThat(scenario.retries()).as("likes sent again after 503").isPositive();
        });
    }

    @Test
    void slowLink_everyLikeGets202() throws Exception {
        breakLink("256 KB/s and 200 ms each way between event-producer and Kafka", (link, scenario) -> {
            link.slow(SLOW_BYTES_PER_SECOND, LATENCY);
            scenario.waitFor(SLOWNESS);
            link.heal();
            assertThat(scenario.retries()).as("likes sent again").isZero();
        });
    }

    @Test
    void resetsInALoop_likesGet202Or503InTime() throws Exception {
        breakLink(
                "every connection between event-producer and Kafka was reset twice per second for 20 s",
                (link, scenario) -> {
                    int before = link.accepted();
                    for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
                        link.reset();
                        scenario.waitFor(BETWEEN_RESETS);
                    }
                    assertThat(link.accepted()).as("new connections").isGreaterThan(before + 5);
                });
    }

    /** Injects the fault while single likes and a stream are sent. */
    private static void breakLink(String description, Fault fault) throws Exception {
        try (Scenario scenario = scenario();
                StreamClient stream = stream();
                SteadySender sender = new SteadySender(stream)) {
            scenario.awaitLoad();
            stream.awaitResults(10, SOON);

            fault.inject(HEARTLINE.kafka().relay(), scenario);

            scenario.awaitMoreLikes(SOON);
            awaitReadiness(200);
            sender.finish();
            assertThat(scenario.load().failedWithoutResponse())
                    .as("likes without an answer within %s: %s", LikeLoad.REQUEST_TIMEOUT, scenario.load())
                    .isZero();
            stream.awaitEnd(SOON);
            String seen = stream + (stream.isDone() ? "" : ", cut off");
            stream.assertConsistent(TopicContents.read(HEARTLINE.kafka()));
            assertThatStreamsAreAccepted();
            scenario.assertConsistent(
                    description + "; slowest answer after " + scenario.load().maxResponseMillis() + " ms; " + seen);
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

    private static Scenario scenario() {
        return new Scenario(HEARTLINE, 20, List.of(new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET)));
    }
}
