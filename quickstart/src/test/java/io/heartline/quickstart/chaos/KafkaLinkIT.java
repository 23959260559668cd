package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FaultyRelay;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between push-gateway and the broker has a fault. All other parts can reach the broker. */
@Tag("chaos")
class KafkaLinkIT {

    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration RESETS = Duration.ofSeconds(20);
    private static final Duration SLOWNESS = Duration.ofSeconds(60);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final Duration REPLAY = Duration.ofSeconds(150);
    private static final int SLOW_BYTES_PER_SECOND = 256 * 1024;
    private static final Duration LATENCY = Duration.ofMillis(200);
    /** A number of likes of about 9 MB, for which a slow link needs 36 s. */
    private static final int MANY = 20_000;
    /** The number of records of each partition that the gateway reads before it is ready. */
    private static final int PRELOADED = 1_000;

    // the ring has fewer records of a partition than the replay below reads
    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small()
            .withRelayToKafka(Deployment.Service.GATEWAY)
            .withGateway("heartline.gateway.ring.size=4MB");

    @Test
    void blackHole_readersStay_andReceiveEverythingAfterwards() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();
            Instant start = Instant.now();

            link().blackHole();
            scenario.waitFor(OUTAGE);
            link().heal();

            assertUnharmed(scenario);
            scenario.assertConsistent("no byte passed between push-gateway and the broker for 30 s");
            assertThat(longestDelay(scenario, start)).as("max delay in ms").isGreaterThan(20_000);
        }
    }

    @Test
    void brokerVanishes_readersStay_andReceiveEverythingOverNewConnections() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();
            Instant start = Instant.now();
            int before = link().accepted();

            link().dropTargets();

            assertUnharmed(scenario);
            scenario.assertConsistent("the broker's ends of push-gateway's connections vanished without a FIN or RST");
            assertThat(link().accepted()).as("new connections").isGreaterThan(before);
            assertThat(longestDelay(scenario, start)).as("max delay in ms").isGreaterThan(2_000);
        }
    }

    @Test
    void slowLink_likesComeLate_andNoLikeIsLost() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();

            link().slow(SLOW_BYTES_PER_SECOND, LATENCY);
            Instant start = Instant.now();
            scenario.waitFor(SLOWNESS);
            long[] delays = delays(scenario, start);
            assertThat(delays).hasSizeGreaterThan(1_000);
            assertThat(delays[0]).as("min delay in ms").isGreaterThanOrEqualTo(LATENCY.toMillis());
            assertThat(delays[delays.length / 2]).as("median delay in ms").isLessThan(5_000);

            assertUnharmed(scenario);
            link().heal();
            scenario.assertConsistent(
                    "256 KB/s and 200 ms each way between push-gateway and the broker, likes after " + summary(delays));
        }
    }

    /** Each page of a replay takes longer than the gateway waits for a page. */
    @Test
    void slowLink_replayOfAQuietAuthor_completes() throws Exception {
        String quiet = Backends.unique("quiet");
        String busy = authorIn(LikesLog.partitionOf(quiet, Deployment.PARTITIONS));
        Position seen = BulkLikes.send(HEARTLINE.producer(), quiet, 5).get(0);
        BulkLikes.send(HEARTLINE.producer(), busy, MANY);
        BulkLikes.send(HEARTLINE.producer(), quiet, 5);
        TopicContents records = TopicContents.read(HEARTLINE.kafka());

        link().slow(SLOW_BYTES_PER_SECOND, LATENCY);
        Route direct = new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET);
        try (Followers reader = Followers.resume(quiet, direct, seen)) {
            reader.assertComplete(records, REPLAY);
            System.out.println("SEEN replay across " + MANY + " records over a slow link: " + reader);
        }
    }

    /**
     * An author that was added replays over a slow link, and is followed again after the client's connection was reset. The other
     * author of its partition is not held back meanwhile.
     */
    @Test
    void slowLink_followedAuthorReplays_andTheOtherAuthorsStayLive() throws Exception {
        String quiet = Backends.unique("quiet");
        int partition = LikesLog.partitionOf(quiet, Deployment.PARTITIONS);
        String busy = authorIn(partition);
        String other = authorIn((partition + 1) % Deployment.PARTITIONS);
        Position seen = BulkLikes.send(HEARTLINE.producer(), quiet, 5).get(0);
        BulkLikes.send(HEARTLINE.producer(), busy, MANY);
        BulkLikes.send(HEARTLINE.producer(), quiet, 5);
        try (FaultyRelay client = new FaultyRelay(HEARTLINE.gateway().port());
                Followers reader = new Followers(
                        List.of(busy, other), List.of(), List.of(new Route(client.port(), Transport.WEB_SOCKET)))) {
            link().slow(SLOW_BYTES_PER_SECOND, LATENCY);
            reader.follow(quiet, seen);
            await("the added author has its hello frame").atMost(SOON).until(() -> reader.isJoining(quiet));
            BulkLikes.send(HEARTLINE.producer(), busy, 5);
            BulkLikes.send(HEARTLINE.producer(), quiet, 5);
            TopicContents records = TopicContents.read(HEARTLINE.kafka());

            await("the live author's likes arrive").atMost(SOON).until(() -> reader.hasReachedEnd(busy, records));
            assertThat(reader.isJoining(quiet))
                    .as("the added author still replays")
                    .isTrue();
            client.reset();
            reader.assertComplete(records, REPLAY);
            assertThat(reader.resumedJoining()).isEqualTo(1);
            System.out.println("SEEN an added author replayed across " + MANY + " records over a slow link: " + reader);
        }
    }

    /** The gateway preloads records before it accepts readers. They take longer than Kafka's client waits for a response. */
    @Test
    void slowLink_gatewayThatStarts_becomesReady() throws Exception {
        for (int partition = 0; partition < Deployment.PARTITIONS; partition++) {
            BulkLikes.send(HEARTLINE.producer(), authorIn(partition), PRELOADED);
        }
        HEARTLINE.gateway().process().stop();

        link().slow(SLOW_BYTES_PER_SECOND, LATENCY);
        Instant start = Instant.now();
        HEARTLINE.gateway().start();
        HEARTLINE.gateway().awaitReady();
        System.out.println("SEEN ready over a slow link after " + Duration.between(start, Instant.now()));
    }

    @Test
    void resetsInALoop_readersStay_andMissNoLike() throws Exception {
        try (Scenario scenario = new Scenario(HEARTLINE)) {
            scenario.awaitLoad();
            int before = link().accepted();

            for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
                link().reset();
                scenario.waitFor(Duration.ofMillis(500));
            }

            assertThat(link().accepted()).as("new connections").isGreaterThan(before + 5);
            assertUnharmed(scenario);
            scenario.assertConsistent(
                    "every connection between push-gateway and the broker was reset twice per second for 20 s");
        }
    }

    private static String authorIn(int partition) {
        return Stream.generate(() -> Backends.unique("busy"))
                .filter(author -> LikesLog.partitionOf(author, Deployment.PARTITIONS) == partition)
                .findFirst()
                .orElseThrow();
    }

    private static FaultyRelay link() {
        return HEARTLINE.kafka().relay();
    }

    /** Asserts that no app sent a like again, and that no reader lost its connection. */
    private static void assertUnharmed(Scenario scenario) {
        scenario.awaitMoreLikes();
        assertThat(scenario.retries()).as("likes sent again").isZero();
        assertThat(scenario.reconnects()).as("reconnects of readers").isZero();
    }

    private static long longestDelay(Scenario scenario, Instant since) {
        return Arrays.stream(delays(scenario, since)).max().orElse(0);
    }

    private static long[] delays(Scenario scenario, Instant since) {
        return scenario.followers().delays(new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET), since);
    }

    private static String summary(long[] delays) {
        return "%d to %d ms, half of them after %d"
                .formatted(delays[0], delays[delays.length - 1], delays[delays.length / 2]);
    }
}
