package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FaultyRelay.Direction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between event-producer and some clients has a fault, or these clients are hostile. Other clients notice nothing. */
@Tag("chaos")
class ProducerClientsIT {

    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration RESETS = Duration.ofSeconds(20);
    private static final Duration BETWEEN_RESETS = Duration.ofMillis(500);
    private static final Duration SOON = Duration.ofSeconds(30);
    /** {@code streams.stall-timeout}, and 15 s more for a busy machine. */
    private static final Duration STALL = Duration.ofSeconds(30 + 15);

    private static final int MAX_PER_CALLER = 8;
    private static final int STREAMS = 32; // streams.max-concurrent
    private static final String OPEN_STREAMS = "heartline_producer_streams";
    /** The address of the relay's clients. Event-producer distinguishes anonymous callers by their addresses of loopback. */
    private static final String CALLER = "127.0.0.1";

    private static final String OTHER_CALLER = "127.0.0.2";
    private static final String SLOW_CALLER = "127.0.0.3";

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small();

    private final String author = Backends.unique("streamed");
    private final List<StreamClient> streams = new ArrayList<>();
    private FaultyRelay link;

    @BeforeEach
    void openRelayThatAcknowledgesLittle() throws IOException {
        link = new FaultyRelay(HEARTLINE.producer().port(), 8 * 1024);
    }

    @AfterEach
    void close() throws IOException {
        link.close();
        for (StreamClient stream : streams) {
            stream.close();
        }
        awaitOpenStreams(0, STALL);
    }

    @Test
    void blackHole_appsRetryWithTheSameKey_andNoLikeCountsTwice() throws Exception {
        breakLink("no byte passed between half of the apps and event-producer for 30 s", scenario -> {
            link.blackHole();
            scenario.waitFor(OUTAGE);
            link.heal();
        });
    }

    @Test
    void answersGetLost_appsRetryWithTheSameKey_andNoLikeCountsTwice() throws Exception {
        breakLink("no answer of event-producer reached half of the apps for 30 s", scenario -> {
            link.block(Direction.TO_CLIENT);
            scenario.waitFor(OUTAGE);
            link.heal();
        });
    }

    @Test
    void serviceVanishes_appsRetryOverNewConnections_andNoLikeCountsTwice() throws Exception {
        breakLink("event-producer's ends of half of the apps' connections vanished without a FIN or RST", scenario -> {
            link.dropTargets();
            scenario.awaitRetries();
        });
    }

    @Test
    void resetsInALoop_appsRetryWithTheSameKey_andNoLikeCountsTwice() throws Exception {
        breakLink("the connections of half of the apps were reset twice per second for 20 s", scenario -> {
            for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
                link.reset();
                scenario.waitFor(BETWEEN_RESETS);
            }
        });
    }

    /** Injects a fault, and returns when the fault has ended or the apps have to recover from it. */
    private interface Fault {
        void inject(Scenario relayed) throws Exception;
    }

    private void breakLink(String description, Fault fault) throws Exception {
        try (Scenario direct = scenario(HEARTLINE.producer().port());
                Scenario relayed = scenario(link.port())) {
            direct.awaitLoad();
            relayed.awaitLoad();

            fault.inject(relayed);

            relayed.awaitMoreLikes(SOON);
            assertThat(relayed.load().failedWithoutResponse())
                    .as("likes without an answer: %s", relayed.load())
                    .isPositive();
            assertUnharmed(direct);
            direct.assertConsistent(description + ", and these apps had no fault");
            relayed.assertConsistent(description);
        }
    }

    @Test
    void halfOpenStreams_areDropped_andTheirPermitsAreFree() throws Exception {
        try (Scenario direct = scenario(HEARTLINE.producer().port())) {
            for (int n = 0; n < MAX_PER_CALLER; n++) {
                StreamClient stream = stream(CALLER, link.port());
                stream.send(10);
                stream.awaitResults(10, SOON);
            }
            awaitOpenStreams(MAX_PER_CALLER, SOON);

            link.dropClients();
            sendWholeStream(OTHER_CALLER, 100);
            long dropped = awaitOpenStreams(0, STALL);
            sendWholeStream(CALLER, 100);

            TopicContents records = TopicContents.read(HEARTLINE.kafka());
            streams.forEach(stream -> stream.assertConsistent(records));
            assertUnharmed(direct);
            direct.assertConsistent(MAX_PER_CALLER + " streams vanished without a FIN or RST, and were dropped after "
                    + dropped + " s");
        }
    }

    @Test
    void slowStream_getsAllItsResults_andOthersAreAnswered() throws Exception {
        try (Scenario direct = scenario(HEARTLINE.producer().port())) {
            link.slow(4 * 1024, Duration.ofMillis(100));
            Instant start = Instant.now();
            StreamClient slow = stream(CALLER, link.port());
            slow.send(400);
            slow.end();
            Duration other = sendWholeStream(OTHER_CALLER, 20_000);
            assertThat(slow.isEnded()).as("the slow stream has ended").isFalse();
            slow.awaitEnd(Duration.ofSeconds(60));
            Duration took = Duration.between(start, Instant.now());

            assertThat(slow.isDone()).isTrue();
            slow.assertConsistent(TopicContents.read(HEARTLINE.kafka()));
            assertUnharmed(direct);
            direct.assertConsistent("a stream of 400 lines at 4 KB/s took " + took
                    + ", and a stream of 20 000 lines that began after it took " + other);
        }
    }

    @Test
    void streamWhoseResultsAreNotRead_isCutOffWithoutDone_andOthersAreAnswered() throws Exception {
        try (Scenario direct = scenario(HEARTLINE.producer().port())) {
            StreamClient stream = stream(CALLER, link.port());
            stream.send(1);
            stream.awaitResults(1, SOON);
            link.block(Direction.TO_CLIENT);
            Thread writer = new Thread(() -> sendUntilCutOff(stream), "writer");
            writer.start();
            awaitBackPressure(stream);
            sendWholeStream(OTHER_CALLER, 100);
            long dropped = awaitOpenStreams(0, STALL);
            link.heal();

            stream.awaitEnd(SOON);
            writer.join(SOON.toMillis());
            assertThat(stream.isDone()).isFalse();
            stream.assertConsistent(TopicContents.read(HEARTLINE.kafka()));
            assertUnharmed(direct);
            direct.assertConsistent(
                    "a client that read no results was cut off " + dropped + " s after the last progress: " + stream);
        }
    }

    private static void sendUntilCutOff(StreamClient stream) {
        try {
            while (!stream.isEnded()) {
                stream.send(100);
            }
        } catch (IOException e) { // the service has cut the stream off, as the test expects
            return;
        }
    }

    /** Waits until the service reads no more of a stream. */
    private static void awaitBackPressure(StreamClient stream) {
        AtomicInteger before = new AtomicInteger(-1);
        await("the service reads no more of the stream")
                .during(Duration.ofSeconds(1))
                .atMost(SOON)
                .until(() -> before.getAndSet(stream.sent()) == stream.sent());
    }

    /** A single byte or an empty line is no progress of a stream. A whole line is progress. */
    @Test
    void dribblingStreams_leavePermitsToOtherCallers_andAreCutOff() throws Exception {
        try (Scenario direct = scenario(HEARTLINE.producer().port())) {
            List<StreamClient> dribbling = new ArrayList<>();
            for (int n = 0; n < STREAMS; n++) {
                dribbling.add(stream(CALLER, HEARTLINE.producer().port()));
            }
            StreamClient slow = stream(SLOW_CALLER, HEARTLINE.producer().port());

            Instant start = Instant.now();
            Duration longest = Duration.ZERO;
            while (dribbling.stream().anyMatch(stream -> !stream.isEnded())) {
                assertThat(Duration.between(start, Instant.now()))
                        .as("duration of streams without a line")
                        .isLessThan(STALL);
                for (int n = 0; n < STREAMS; n++) {
                    dribble(dribbling.get(n), n % 2 == 0 ? " " : "\n");
                }
                Duration other = sendWholeStream(OTHER_CALLER, 10);
                slow.send(1);
                longest = other.compareTo(longest) > 0 ? other : longest;
                direct.waitFor(Duration.ofSeconds(3));
            }

            List<StreamClient> refused =
                    dribbling.stream().filter(stream -> stream.status() == 429).toList();
            assertThat(refused).hasSize(STREAMS - MAX_PER_CALLER).allMatch(stream -> stream.hasHeader("Retry-After"));
            slow.end();
            slow.awaitEnd(SOON);
            assertThat(slow.isDone())
                    .as("the stream with a line every 3 s is done")
                    .isTrue();
            assertUnharmed(direct);
            direct.assertConsistent(STREAMS + " streams with a byte every 3 s were refused or cut off within "
                    + Duration.between(start, Instant.now()) + "; streams of another caller took " + longest);
        }
    }

    private static void dribble(StreamClient stream, String part) {
        try {
            if (!stream.isEnded()) {
                stream.sendPart(part);
            }
        } catch (IOException e) { // the service has cut the stream off
            stream.awaitEnd(SOON);
        }
    }

    private StreamClient stream(String source, int port) throws IOException {
        StreamClient stream = new StreamClient(source, port, author);
        streams.add(stream);
        return stream;
    }

    /** Sends a whole stream, and returns its duration. */
    private Duration sendWholeStream(String source, int lines) throws IOException {
        Instant start = Instant.now();
        try (StreamClient stream = new StreamClient(source, HEARTLINE.producer().port(), author)) {
            stream.send(lines);
            stream.end();
            stream.awaitEnd(SOON);
            assertThat(stream.status()).as("status of a stream from %s", source).isEqualTo(200);
            assertThat(stream.isDone()).isTrue();
        }
        return Duration.between(start, Instant.now());
    }

    /** Waits until the service has {@code count} streams, and returns how many seconds it took. */
    private static long awaitOpenStreams(int count, Duration atMost) {
        Instant start = Instant.now();
        await(count + " streams are open")
                .atMost(atMost)
                .pollInterval(Duration.ofMillis(200))
                .untilAsserted(() ->
                        assertThat(HEARTLINE.producer().metric(OPEN_STREAMS)).isEqualTo(count));
        return Duration.between(start, Instant.now()).toSeconds();
    }

    /** Asserts that each like of an app without a relay had a 202 response within {@link LikeLoad#REQUEST_TIMEOUT}. */
    private static void assertUnharmed(Scenario direct) {
        direct.awaitMoreLikes(SOON);
        assertThat(direct.retries()).as("likes sent again: %s", direct.load()).isZero();
    }

    private static Scenario scenario(int producerPort) {
        Route reader = new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET);
        return new Scenario(HEARTLINE, 10, List.of(reader), producerPort);
    }
}
