package io.heartline.quickstart.chaos;

import static io.heartline.quickstart.chaos.Transport.EVENT_STREAM;
import static io.heartline.quickstart.chaos.Transport.LONG_POLL;
import static io.heartline.quickstart.chaos.Transport.WEB_SOCKET;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FaultyRelay;
import io.heartline.quickstart.backends.FaultyRelay.Direction;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The network between push-gateway and some of its clients has a fault. The other clients connect directly and notice nothing. */
@Tag("chaos")
class ClientLinkIT {

    private static final int AUTHORS = 20;
    /** The number of WebSockets that connect by the relay, and of event streams. One of each follows all authors. */
    private static final int RELAYED_OF_EACH = AUTHORS + 1;

    private static final int ALL = AUTHORS + 2 * RELAYED_OF_EACH;
    /** The documented minute, and 10 s more for a busy machine. */
    private static final Duration DEAD_PEER = Duration.ofSeconds(60 + 10);
    /** {@code linger}, the time in which a peer can read buffered frames before it is disconnected, and 10 s more. */
    private static final Duration LINGER = Duration.ofSeconds(60 + 10);

    private static final Duration TICKS = Duration.ofMillis(300);
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int HIGH_WATER =
            64 * 1024; // Netty's write buffer high water mark, beyond which a channel is not writable
    private static final String DEAD = "heartline_gateway_closed_total{reason=\"dead\"";
    private static final String CONNECTIONS = "heartline_gateway_connections";
    private static final String OUTCOMES = "heartline_gateway_outcomes_total";
    private static final String UNREAD = "heartline_gateway_unread_bytes";

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.small();

    private FaultyRelay link;
    private Route direct;
    private Route webSocket;
    private Route eventStream;

    /** Opens a relay with small buffers. Otherwise a slow peer's kernel buffers a megabyte, and a pong waits for all of it. */
    private void openRelay() throws IOException {
        openRelay(64 * 1024);
    }

    /**
     * Opens a relay whose kernel acknowledges few bytes, as for a peer that has vanished. With the kernel's default buffers,
     * it would acknowledge much that the relay does not read.
     */
    private void openRelayThatAcknowledgesLittle() throws IOException {
        openRelay(8 * 1024);
    }

    private void openRelay(int receiveBuffer) throws IOException {
        link = new FaultyRelay(HEARTLINE.gateway().port(), receiveBuffer);
        direct = new Route(HEARTLINE.gateway().port(), WEB_SOCKET);
        webSocket = new Route(link.port(), WEB_SOCKET);
        eventStream = new Route(link.port(), EVENT_STREAM);
    }

    @AfterEach
    void closeRelay() {
        link.close();
    }

    @Test
    void blackHole_deadPeersAreDropped_andReceiveWhatTheyMissedAfterReconnecting() throws Exception {
        openRelayThatAcknowledgesLittle();
        try (Scenario scenario = new Scenario(
                HEARTLINE, AUTHORS, List.of(direct, webSocket, eventStream), List.of(webSocket, eventStream))) {
            scenario.awaitLoad();
            Instant start = Instant.now();

            link.blackHole();
            long dropped = awaitConnections(AUTHORS, DEAD_PEER);
            awaitNothingUnread();
            link.heal();

            awaitConnections(ALL, SOON);
            assertThat(scenario.followers().reconnects(webSocket)).isGreaterThanOrEqualTo(RELAYED_OF_EACH);
            assertThat(scenario.followers().reconnects(eventStream)).isGreaterThanOrEqualTo(RELAYED_OF_EACH);
            assertHealthy(scenario, start);
            scenario.assertConsistent(
                    "no byte passed between push-gateway and 42 of 62 readers, which were dropped after " + dropped
                            + " s");
        }
    }

    @Test
    void halfOpen_deadPeersAreDropped_afterTheirClientsReconnected() throws Exception {
        openRelayThatAcknowledgesLittle();
        try (Scenario scenario = new Scenario(
                HEARTLINE, AUTHORS, List.of(direct, webSocket, eventStream), List.of(webSocket, eventStream))) {
            scenario.awaitLoad();
            Instant start = Instant.now();

            link.dropClients();
            awaitConnections(ALL + 2 * RELAYED_OF_EACH, SOON);
            long dropped = awaitConnections(ALL, DEAD_PEER);

            awaitNothingUnread();
            assertHealthy(scenario, start);
            scenario.assertConsistent(
                    "42 of 62 readers vanished without a FIN or RST, their old connections were dropped after "
                            + dropped + " s");
        }
    }

    @Test
    void nothingComesFromClients_webSocketsAreDropped_andEventStreamsContinue() throws Exception {
        openRelay();
        try (Scenario scenario = new Scenario(
                HEARTLINE, AUTHORS, List.of(direct, webSocket, eventStream), List.of(webSocket, eventStream))) {
            scenario.awaitLoad();
            Instant start = Instant.now();
            double before = HEARTLINE.gateway().metric(DEAD);

            link.block(Direction.TO_TARGET);
            long dropped = awaitConnections(AUTHORS + RELAYED_OF_EACH, DEAD_PEER);
            assertThat(HEARTLINE.gateway().metric(DEAD) - before).isEqualTo(RELAYED_OF_EACH);
            link.heal();

            // Java's client can miss the end of a connection right after a frame. Then it detects the silence after 50
            // s
            awaitConnections(ALL, DEAD_PEER);
            assertThat(scenario.followers().reconnects(eventStream)).isZero();
            assertHealthy(scenario, start);
            scenario.assertConsistent(
                    "nothing came from 42 of 62 readers, the WebSockets were dropped after " + dropped + " s");
        }
    }

    @Test
    void slowClients_getExactDigests_andDelayNoOtherClient() throws Exception {
        openRelay();
        // 33 KB/s for each reader of one of two authors
        List<Route> routes = List.of(
                direct, direct, direct, direct, webSocket, webSocket, webSocket, webSocket, eventStream, eventStream);
        try (Scenario scenario = new Scenario(HEARTLINE, 2, routes, List.of(webSocket, eventStream))) {
            scenario.awaitLoad();
            Instant start = Instant.now();

            link.slow(16 * 1024, Duration.ofMillis(100));
            scenario.waitFor(Duration.ofSeconds(75));
            link.heal();

            scenario.awaitMoreLikes();
            awaitNothingUnread();
            assertHealthy(scenario, start);
            scenario.assertConsistent("14 of 22 readers had 16 KB/s and 100 ms each way");
            assertThat(scenario.followers().digests(webSocket)).isPositive();
            assertThat(scenario.followers().digests(eventStream)).isPositive();
            assertThat(scenario.followers().digests(direct)).isZero();
        }
    }

    @Test
    void resets_clientsReconnect_withoutGapOrDuplicate() throws Exception {
        openRelay();
        Route longPoll = new Route(link.port(), LONG_POLL);
        try (Scenario scenario = new Scenario(
                HEARTLINE,
                15,
                List.of(direct, webSocket, eventStream, longPoll),
                List.of(webSocket, webSocket, webSocket, webSocket, eventStream, longPoll))) {
            scenario.awaitLoad();
            Instant start = Instant.now();

            int before = link.accepted();
            for (int n = 0; n < 10; n++) {
                link.reset();
                scenario.waitFor(Duration.ofSeconds(3));
            }

            assertThat(scenario.followers().reconnects(webSocket)).isGreaterThanOrEqualTo(10 * 19);
            assertThat(scenario.followers().reconnects(eventStream)).isGreaterThanOrEqualTo(10 * 16);
            // Java's client repeats a poll by itself, and between two polls it may have no connection
            assertThat(link.accepted() - before).as("new connections").isGreaterThanOrEqualTo(10 * 35 + 9 * 16);
            awaitNothingUnread();
            await("old connections are closed").atMost(SOON).untilAsserted(() -> assertThat(
                            HEARTLINE.gateway().metric(CONNECTIONS))
                    .isBetween(50.0, 66.0)); // a long poll counts as a connection while it waits
            assertHealthy(scenario, start);
            assertThat(scenario.followers().changes()).as("unfollowed authors").isGreaterThan(100);
            scenario.assertConsistent("51 of 66 readers were reset ten times in 30 s");
        }
    }

    /** The last like that fits fills the socket, and no like follows, so that only the timeout can detect the dead peer. */
    @Test
    void blackHole_fullSocketOfAQuietAuthor_isDropped() throws Exception {
        openRelayThatAcknowledgesLittle();
        String author = Backends.unique("quiet");
        try (Followers reader = new Followers(List.of(author), List.of(webSocket), List.of())) {
            awaitConnections(1, SOON);
            link.blackHole();
            int likes = fillSocketOf(author);

            long dropped = awaitConnections(0, DEAD_PEER);
            awaitNothingUnread();
            link.heal();

            reader.assertComplete(TopicContents.read(HEARTLINE.kafka()), Duration.ofSeconds(60));
            System.out.println("SEEN a socket with " + likes + " likes of a quiet author was dropped after " + dropped
                    + " s: " + reader);
        }
    }

    /** Sends likes until one fills the socket, in smaller steps as it fills, so that no like is pending afterwards. */
    private static int fillSocketOf(String author) throws Exception {
        double before = HEARTLINE.gateway().metric(OUTCOMES);
        int likes = 0;
        for (double unread = 0;
                unread <= HIGH_WATER;
                unread = HEARTLINE.gateway().metric(UNREAD)) {
            int more = unread == 0 ? 50 : unread < HIGH_WATER * 3 / 4 ? 20 : 1;
            BulkLikes.send(HEARTLINE.producer(), author, more);
            likes += more;
            double expected = before + likes;
            await(likes + " likes were written to the socket")
                    .atMost(SOON)
                    .pollDelay(TICKS) // unread bytes are counted at each tick
                    .until(() -> HEARTLINE.gateway().metric(OUTCOMES) == expected);
        }
        return likes;
    }

    /**
     * Waits until the gateway has {@code count} connections.
     *
     * @return how many seconds it took
     */
    private static long awaitConnections(int count, Duration atMost) {
        Instant start = Instant.now();
        await("the gateway has " + count + " connections")
                .atMost(atMost)
                .pollInterval(TICKS)
                .untilAsserted(() ->
                        assertThat(HEARTLINE.gateway().metric(CONNECTIONS)).isEqualTo(count));
        return Duration.between(start, Instant.now()).toSeconds();
    }

    /** Asserts that the readers that connect directly stayed connected, and received their likes in time. */
    private void assertHealthy(Scenario scenario, Instant since) {
        long[] delays = scenario.followers().delays(direct, since);
        assertThat(delays).hasSizeGreaterThan(1_000);
        long percentile = delays[delays.length * 99 / 100];
        System.out.printf(
                "SEEN direct readers meanwhile: %d likes, half of them after %d ms, 99 %% after %d ms, all after %d ms%n",
                delays.length, delays[delays.length / 2], percentile, delays[delays.length - 1]);
        assertThat(scenario.followers().reconnects(direct)).isZero();
        assertThat(percentile).as("ms, 99th percentile").isLessThan(2_000);
    }

    private static void awaitNothingUnread() {
        await("few bytes are unread").atMost(LINGER).untilAsserted(() -> assertThat(
                        HEARTLINE.gateway().metric(UNREAD))
                .isLessThan(HIGH_WATER));
    }
}
