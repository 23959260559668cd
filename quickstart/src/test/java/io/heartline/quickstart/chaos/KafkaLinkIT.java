package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikesLog;
import io.heartline.events.Position;
import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FaultyRelay;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between push-gateway and the broker has a fault, while every other part reaches the broker. */
@Tag("chaos")
class KafkaLinkIT {

    private static final Duration OUTAGE = Duration.ofSeconds(30);
    private static final Duration RESETS = Duration.ofSeconds(20);
    private static final Duration SLOWNESS = Duration.ofSeconds(60);
    private static final Duration REPLAY = Duration.ofSeconds(150);
    private static final int SLOW_BYTES_PER_SECOND = 256 * 1024;
    private static final Duration LATENCY = Duration.ofMillis(200);
    /** Some 9 MB, which take 36 s of a slow link. */
    private static final int MANY = 20_000;
    /** Of each partition, as many as the gateway reads before it is ready. */
    private static final int PRIMED = 1_000;

    // a ring that has less of a partition than the replay below needs
    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small()
            .withRelayToKafka(Deployment.Service.GATEWAY)
            .withGateway("heartline.gateway.ring.size=4MB");

    @Test
    void blackHole_readersStay_andGetEverythingAfterwards() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();
            Instant start = Instant.now();

            link().blackHole();
            trial.waitFor(OUTAGE);
            link().heal();

            assertUnharmed(trial);
            trial.assertConsistent("no byte passed between push-gateway and the broker for 30 s");
            assertThat(longestDelay(trial, start)).as("ms of the slowest like").isGreaterThan(20_000);
        }
    }

    @Test
    void brokerGoneWithoutAWord_readersStay_andGetEverythingOverNewConnections() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();
            Instant start = Instant.now();
            int before = link().accepted();

            link().dropTargets();

            assertUnharmed(trial);
            trial.assertConsistent("the broker's ends of push-gateway's connections were gone without a word");
            assertThat(link().accepted()).as("new connections").isGreaterThan(before);
            assertThat(longestDelay(trial, start)).as("ms of the slowest like").isGreaterThan(2_000);
        }
    }

    @Test
    void slowLink_likesComeLate_andNoneIsLost() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();

            link().slow(SLOW_BYTES_PER_SECOND, LATENCY);
            Instant start = Instant.now();
            trial.waitFor(SLOWNESS);
            long[] delays = delays(trial, start);
            assertThat(delays).hasSizeGreaterThan(1_000);
            assertThat(delays[0]).as("ms of the fastest like").isGreaterThanOrEqualTo(LATENCY.toMillis());
            assertThat(delays[delays.length / 2]).as("ms of the median like").isLessThan(5_000);

            assertUnharmed(trial);
            link().heal();
            trial.assertConsistent(
                    "256 KB/s and 200 ms each way between push-gateway and the broker, likes after " + summary(delays));
        }
    }

    /** Each page of a replay takes longer than the gateway waits for one. */
    @Test
    void slowLink_replayOfAQuietAuthor_getsThere() throws Exception {
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

    /** The records that it reads before it lets readers in take longer than Kafka's client waits for an answer. */
    @Test
    void slowLink_gatewayThatStarts_becomesReady() throws Exception {
        for (int partition = 0; partition < Deployment.PARTITIONS; partition++) {
            BulkLikes.send(HEARTLINE.producer(), authorIn(partition), PRIMED);
        }
        HEARTLINE.gateway().process().stop();

        link().slow(SLOW_BYTES_PER_SECOND, LATENCY);
        Instant start = Instant.now();
        HEARTLINE.gateway().start();
        HEARTLINE.gateway().awaitReady();
        System.out.println("SEEN ready over a slow link after " + Duration.between(start, Instant.now()));
    }

    @Test
    void resetsInALoop_readersStay_andMissNothing() throws Exception {
        try (Scenario trial = new Scenario(HEARTLINE)) {
            trial.awaitLoad();
            int before = link().accepted();

            for (Instant end = Instant.now().plus(RESETS); Instant.now().isBefore(end); ) {
                link().reset();
                trial.waitFor(Duration.ofMillis(500));
            }

            assertThat(link().accepted()).as("new connections").isGreaterThan(before + 5);
            assertUnharmed(trial);
            trial.assertConsistent(
                    "every connection between push-gateway and the broker reset twice a second for 20 s");
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

    /** Apps have noticed nothing, and no reader has lost its connection. */
    private static void assertUnharmed(Scenario trial) {
        trial.awaitMoreLikes();
        assertThat(trial.retries()).as("likes sent again").isZero();
        assertThat(trial.reconnects()).as("readers who came back").isZero();
    }

    private static long longestDelay(Scenario trial, Instant since) {
        return Arrays.stream(delays(trial, since)).max().orElse(0);
    }

    private static long[] delays(Scenario trial, Instant since) {
        return trial.followers().delays(new Route(HEARTLINE.gateway().port(), Transport.WEB_SOCKET), since);
    }

    private static String summary(long[] delays) {
        return "%d to %d ms, half of them after %d"
                .formatted(delays[0], delays[delays.length - 1], delays[delays.length / 2]);
    }
}
