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

/** The network between report-batch and MongoDB, or between report-batch and Kafka, has a fault in the middle of a run. */
@Tag("chaos")
class BatchLinksIT {

    private static final int AUTHORS = 20;
    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration ONE_WAY = Duration.ofSeconds(15);
    private static final Duration RESETS = Duration.ofSeconds(20);
    private static final Duration SLOWNESS = Duration.ofSeconds(30);
    private static final Duration BETWEEN_RESETS = Duration.ofMillis(500);
    /** The promised 10 s, and room for a busy machine. */
    private static final Duration ANSWER = Duration.ofSeconds(10 + 2);

    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int SLOW_BYTES_PER_SECOND = 256 * 1024;
    private static final Duration LATENCY = Duration.ofMillis(200);
    /** What makes a run last for seconds, so that a fault meets it. */
    private static final Duration HARMLESS_LATENCY = Duration.ofMillis(10);

    private static final int UNLIMITED_BYTES_PER_SECOND = 100 * 1024 * 1024;

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small("heartline.reports.chunk-size=100")
            .withRelayToKafka(Service.BATCH)
            .withRelayToMongo();

    /** A fault, from its beginning until it is over or the service has to get over it. */
    private interface Fault {
        void inject(FaultyRelay link, Scenario trial, ReportReaders readers) throws Exception;
    }

    @Test
    void mongoBlackHole_readersGet503InTime_andTheRunGoesOnAfterwards() throws Exception {
        breakMongo("no byte passed between report-batch and MongoDB for 30 s", (link, trial, readers) -> {
            link.blackHole();
            awaitReadiness(503);
            readers.awaitUnavailable(SOON);
            trial.waitFor(OUTAGE);
            link.heal();
        });
    }

    /** Nothing heals what is half open: the service has to go on over new connections. */
    @Test
    void mongoGoneWithoutAWord_readersAndTheRunGoOnOverNewConnections() throws Exception {
        breakMongo(
                "MongoDB's ends of report-batch's connections were gone without a word",
                (link, trial, readers) -> link.dropTargets());
    }

    @Test
    void mongoKeepsHalfOpenConnections_readersAndTheRunGoOnOverNewConnections() throws Exception {
        breakMongo(
                "report-batch's ends of its connections to MongoDB were reset, and MongoDB did not learn of it",
                (link, trial, readers) -> link.dropClients());
    }

    @Test
    void mongoOneDirectionBlocked_readersGet503InTime_andTheRunGoesOnAfterwards() throws Exception {
        breakMongo("for 15 s MongoDB got nothing, and for 15 s its answers got lost", (link, trial, readers) -> {
            link.block(Direction.TO_TARGET);
            trial.waitFor(ONE_WAY);
            link.heal();
            readers.awaitReports(SOON);
            link.block(Direction.TO_CLIENT); // MongoDB does what it is asked, and report-batch does not know
            trial.waitFor(ONE_WAY);
            link.heal();
        });
    }

    @Test
    void mongoSlow_readersAreAnsweredInTime_andTheRunGetsThere() throws Exception {
        breakMongo("256 KB/s and 200 ms each way between report-batch and MongoDB", (link, trial, readers) -> {
            link.slow(SLOW_BYTES_PER_SECOND, LATENCY);
            trial.waitFor(SLOWNESS);
            readers.awaitReports(SOON);
            link.heal();
        });
    }

    @Test
    void mongoResetsInALoop_readersAreAnsweredInTime_andTheRunGoesOn() throws Exception {
        breakMongo(
                "every connection between report-batch and MongoDB reset twice a second for 20 s",
                (link, trial, readers) -> resetInALoop(link, trial));
    }

    @Test
    void kafkaBlackHole_reportsAreServed_andRunsGoOnAfterwards() throws Exception {
        breakKafka("no byte passed between report-batch and Kafka for 30 s", (link, trial, readers) -> {
            link.blackHole();
            trial.waitFor(OUTAGE);
            link.heal();
        });
    }

    @Test
    void kafkaGoneWithoutAWord_reportsAreServed_andRunsGoOnOverNewConnections() throws Exception {
        breakKafka(
                "Kafka's ends of report-batch's connections were gone without a word",
                (link, trial, readers) -> link.dropTargets());
    }

    @Test
    void kafkaOneDirectionBlocked_reportsAreServed_andRunsGoOnAfterwards() throws Exception {
        breakKafka("for 15 s Kafka got nothing, and for 15 s its answers got lost", (link, trial, readers) -> {
            link.block(Direction.TO_TARGET);
            trial.waitFor(ONE_WAY);
            link.block(Direction.TO_CLIENT);
            trial.waitFor(ONE_WAY);
            link.heal();
        });
    }

    @Test
    void kafkaSlow_reportsAreServed_andRunsGetThere() throws Exception {
        breakKafka("256 KB/s and 200 ms each way between report-batch and Kafka", (link, trial, readers) -> {
            link.slow(SLOW_BYTES_PER_SECOND, LATENCY);
            trial.waitFor(SLOWNESS);
            link.heal();
        });
    }

    @Test
    void kafkaResetsInALoop_reportsAreServed_andRunsGoOn() throws Exception {
        breakKafka(
                "every connection between report-batch and Kafka reset twice a second for 20 s",
                (link, trial, readers) -> resetInALoop(link, trial));
    }

    private static void breakMongo(String description, Fault fault) throws Exception {
        try (Scenario trial = trial();
                ReportReaders readers = trial.reportReaders()) {
            JsonNode run = meetRun(description, HEARTLINE.mongo().relay(), fault, trial, readers);

            assertThat(run.path("status").asString()).as("status of %s", run).isEqualTo("done");
            readers.awaitReports(SOON);
            awaitReadiness(200);
            readers.assertAnswered(ANSWER);
            trial.assertConsistent(description + "; " + readers);
        }
    }

    /** Readers need MongoDB and nothing else, so they notice nothing. */
    private static void breakKafka(String description, Fault fault) throws Exception {
        try (Scenario trial = trial();
                ReportReaders readers = trial.reportReaders()) {
            JsonNode run = meetRun(
                    description,
                    HEARTLINE.kafka().relay(),
                    (link, load, asking) -> {
                        fault.inject(link, load, asking);
                        assertThat(readiness()).isEqualTo(200);
                    },
                    trial,
                    readers);

            // a run that fails names Kafka, and the next run folds the rest
            if (!run.path("status").asString().equals("done")) {
                assertThat(run.path("error").asString()).as("error of %s", run).contains("Kafka");
            }
            readers.assertServed(ANSWER);
            trial.assertConsistent(description + "; " + readers);
        }
    }

    /** Has a run meet the fault, and returns it once it has finished. */
    private static JsonNode meetRun(
            String description, FaultyRelay link, Fault fault, Scenario trial, ReportReaders readers) throws Exception {
        Instant before = Instant.now();
        trial.awaitLoad();
        link.slow(UNLIMITED_BYTES_PER_SECOND, HARMLESS_LATENCY);
        String run = trial.awaitRunInProgress(HEARTLINE.batch());
        Instant start = Instant.now();

        fault.inject(link, trial, readers);
        link.heal(); // brings no connection back that is half open

        JsonNode finished = trial.awaitFinished(run);
        Instant end = Instant.parse(finished.path("finishedAt").stringValue());
        assertThat(end).as("end of the run that the fault met").isAfter(start);
        System.out.println("SEEN " + description + ": the run finished " + Duration.between(start, end)
                + " after the fault began: " + finished + "; runs that failed: " + trial.failedRuns(before));
        assertThat(trial.retries()).as("likes sent again: %s", trial.load()).isZero();
        assertThat(trial.reconnects()).as("clients who came back").isZero();
        return finished;
    }

    private static void resetInALoop(FaultyRelay link, Scenario trial) throws InterruptedException {
        int before = link.accepted();
        for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
            link.reset();
            trial.waitFor(BETWEEN_RESETS);
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

    private static Scenario trial() {
        return new Scenario(
                HEARTLINE, AUTHORS, List.of(new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET)));
    }
}
