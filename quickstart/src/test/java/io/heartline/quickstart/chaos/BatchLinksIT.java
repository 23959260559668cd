package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

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
import tools.jackson.databind.JsonNode;

/** During a run, the network between report-batch and MongoDB, or between report-batch and Kafka, has a fault. */
@Tag("chaos")
class BatchLinksIT {

    private static final int AUTHORS = 20;
    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration ONE_WAY = Duration.ofSeconds(15);
    private static final Duration RESETS = Duration.ofSeconds(20);
    private static final Duration SLOWNESS = Duration.ofSeconds(30);
    private static final Duration BETWEEN_RESETS = Duration.ofMillis(500);
    /** The documented 10 s, and 2 s more for a busy machine. */
    private static final Duration ANSWER = Duration.ofSeconds(10 + 2);

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int SLOW_BYTES_PER_SECOND = 256 * 1024;
    private static final Duration LATENCY = Duration.ofMillis(200);
    /** A latency that makes a run last for seconds, so that the fault occurs during the run. */
    private static final Duration HARMLESS_LATENCY = Duration.ofMillis(10);

    private static final int UNLIMITED_BYTES_PER_SECOND = 100 * 1024 * 1024;

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small("heartline.reports.chunk-size=100")
            .withRelayToKafka(Service.BATCH)
            .withRelayToMongo();

    /** Injects a fault, and returns when the fault has ended or the service has to recover from it. */
    private interface Fault {
        void inject(FaultyRelay link, Scenario scenario, ReportReaders readers) throws Exception;
    }

    @Test
    void mongoBlackHole_readersGet503InTime_andTheRunContinuesAfterwards() throws Exception {
        breakMongo("no byte passed between report-batch and MongoDB for 30 s", (link, scenario, readers) -> {
            link.blackHole();
            awaitReadiness(503);
            readers.awaitUnavailable(SOON);
            scenario.waitFor(OUTAGE);
            link.heal();
        });
    }

    /** Half-open connections do not recover: the service has to continue over new connections. */
    @Test
    void mongoVanishes_readersAndTheRunContinueOverNewConnections() throws Exception {
        breakMongo(
                "MongoDB's ends of report-batch's connections vanished without a FIN or RST",
                (link, scenario, readers) -> link.dropTargets());
    }

    @Test
    void mongoKeepsHalfOpenConnections_readersAndTheRunContinueOverNewConnections() throws Exception {
        breakMongo(
                "report-batch's ends of its connections to MongoDB were reset, without an RST to MongoDB",
                (link, scenario, readers) -> link.dropClients());
    }

    @Test
    void mongoOneDirectionBlocked_readersGet503InTime_andTheRunContinuesAfterwards() throws Exception {
        breakMongo(
                "for 15 s MongoDB received nothing, and for 15 s its answers were lost", (link, scenario, readers) -> {
                    link.block(Direction.TO_TARGET);
                    scenario.waitFor(ONE_WAY);
                    link.heal();
                    readers.awaitReports(SOON);
                    link.block(Direction.TO_CLIENT); // MongoDB executes commands, but report-batch receives no answers
                    scenario.waitFor(ONE_WAY);
                    link.heal();
                });
    }

    @Test
    void mongoSlow_readersAreAnsweredInTime_andTheRunCompletes() throws Exception {
        breakMongo("256 KB/s and 200 ms each way between report-batch and MongoDB", (link, scenario, readers) -> {
            link.slow(SLOW_BYTES_PER_SECOND, LATENCY);
            scenario.waitFor(SLOWNESS);
            readers.awaitReports(SOON);
            link.heal();
        });
    }

    @Test
    void mongoResetsInALoop_readersAreAnsweredInTime_andTheRunContinues() throws Exception {
        breakMongo(
                "every connection between report-batch and MongoDB was reset twice per second for 20 s",
                (link, scenario, readers) -> resetInALoop(link, scenario));
    }

    @Test
    void kafkaBlackHole_reportsAreServed_andRunsContinueAfterwards() throws Exception {
        breakKafka("no byte passed between report-batch and Kafka for 30 s", (link, scenario, readers) -> {
            link.blackHole();
            scenario.waitFor(OUTAGE);
            link.heal();
        });
    }

    @Test
    void kafkaVanishes_reportsAreServed_andRunsContinueOverNewConnections() throws Exception {
        breakKafka(
                "Kafka's ends of report-batch's connections vanished without a FIN or RST",
                (link, scenario, readers) -> link.dropTargets());
    }

    @Test
    void kafkaOneDirectionBlocked_reportsAreServed_andRunsContinueAfterwards() throws Exception {
        breakKafka("for 15 s Kafka received nothing, and for 15 s its answers were lost", (link, scenario, readers) -> {
            link.block(Direction.TO_TARGET);
            scenario.waitFor(ONE_WAY);
            link.block(Direction.TO_CLIENT);
            scenario.waitFor(ONE_WAY);
            link.heal();
        });
    }

    @Test
    void kafkaSlow_reportsAreServed_andRunsComplete() throws Exception {
        breakKafka("256 KB/s and 200 ms each way between report-batch and Kafka", (link, scenario, readers) -> {
            link.slow(SLOW_BYTES_PER_SECOND, LATENCY);
            scenario.waitFor(SLOWNESS);
            link.heal();
        });
    }

    @Test
    void kafkaResetsInALoop_reportsAreServed_andRunsContinue() throws Exception {
        breakKafka(
                "every connection between report-batch and Kafka was reset twice per second for 20 s",
                (link, scenario, readers) -> resetInALoop(link, scenario));
    }

    private static void breakMongo(String description, Fault fault) throws Exception {
        try (Scenario scenario = scenario();
                ReportReaders readers = scenario.reportReaders()) {
            JsonNode run = meetRun(description, HEARTLINE.mongo().relay(), fault, scenario, readers);

            assertThat(run.path("status").asString()).as("status of %s", run).isEqualTo("done");
            readers.awaitReports(SOON);
            awaitReadiness(200);
            readers.assertAnswered(ANSWER);
            scenario.assertConsistent(description + "; " + readers);
        }
    }

    /** Injects a fault between report-batch and Kafka. Reports are read from MongoDB only, so their readers notice nothing. */
    private static void breakKafka(String description, Fault fault) throws Exception {
        try (Scenario scenario = scenario();
                ReportReaders readers = scenario.reportReaders()) {
            JsonNode run = meetRun(
                    description,
                    HEARTLINE.kafka().relay(),
                    (link, load, asking) -> {
                        fault.inject(link, load, asking);
                        assertThat(readiness()).isEqualTo(200);
                    },
                    scenario,
                    readers);

            // the error of a failed run names Kafka, and the next run folds the remaining records
            if (!run.path("status").asString().equals("done")) {
                assertThat(run.path("error").asString()).as("error of %s", run).contains("Kafka");
            }
            readers.assertServed(ANSWER);
            scenario.assertConsistent(description + "; " + readers);
        }
    }

    /** Injects the fault during a run, and returns the run after it has finished. */
    private static JsonNode meetRun(
            String description, FaultyRelay link, Fault fault, Scenario scenario, ReportReaders readers)
            throws Exception {
        Instant before = Instant.now();
        scenario.awaitLoad();
        link.slow(UNLIMITED_BYTES_PER_SECOND, HARMLESS_LATENCY);
        String run = scenario.awaitRunInProgress(HEARTLINE.batch());
        Instant start = Instant.now();

        fault.inject(link, scenario, readers);
        link.heal(); // half-open connections stay half open

        JsonNode finished = scenario.awaitFinished(run);
        Instant end = Instant.parse(finished.path("finishedAt").stringValue());
        assertThat(end).as("end of the run in which the fault occurred").isAfter(start);
        System.out.println("SEEN " + description + ": the run finished " + Duration.between(start, end)
                + " after the fault began: " + finished + "; failed runs: " + scenario.failedRuns(before));
        assertThat(scenario.retries())
                .as("likes sent again: %s", scenario.load())
                .isZero();
        assertThat(scenario.reconnects()).as("reconnects of readers").isZero();
        return finished;
    }

    private static void resetInALoop(FaultyRelay link, Scenario scenario) throws InterruptedException {
        int before = link.accepted();
        for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
            link.reset();
            scenario.waitFor(BETWEEN_RESETS);
        }
        assertThat(link.accepted()).as("new connections").isGreaterThan(before + 5);
    }

    private static void awaitReadiness(int status) {
        await("readiness is " + status)
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(200))
                .until(() -> readiness() == status);
    }

    private static int readiness() throws IOException, InterruptedException {
        return HEARTLINE.batch().get("/actuator/health/readiness").statusCode();
    }

    private static Scenario scenario() {
        return new Scenario(
                HEARTLINE, AUTHORS, List.of(new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET)));
    }
}
