package io.heartline.quickstart.backends;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.FaultyRelay.Direction;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FaultyRelayTest {

    private static final int SILENCE_MILLIS = 150;
    private static final int LIMIT_MILLIS = 10_000;
    private static final byte[] PING = {1, 2, 3};

    private ServerSocket server;
    private FaultyRelay relay;
    private Socket client;
    private Socket target;

    @BeforeEach
    void connect() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
        relay = new FaultyRelay(server.getLocalPort());
        client = open();
        target = accept();
    }

    private Socket open() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), relay.port());
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    private Socket accept() throws IOException {
        server.setSoTimeout(LIMIT_MILLIS);
        Socket socket = server.accept();
        socket.setSoTimeout(LIMIT_MILLIS);
        return socket;
    }

    @AfterEach
    void close() throws Exception {
        client.close();
        target.close();
        relay.close();
        server.close();
    }

    @Test
    void withoutAFault_bytesPassBothWays_andSoDoesTheEnd() throws Exception {
        assertPasses(client, target);
        assertPasses(target, client);

        client.shutdownOutput();

        assertThat(target.getInputStream().read()).isEqualTo(-1);
        assertPasses(target, client);
        target.close();
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void manyBytes_passInOrder() throws Exception {
        byte[] many = new byte[3_000_000];
        for (int i = 0; i < many.length; i++) {
            many[i] = (byte) (i * 31 >> 7);
        }
        Thread writer = new Thread(() -> {
            try {
                client.getOutputStream().write(many);
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        });
        writer.start();

        assertThat(target.getInputStream().readNBytes(many.length)).isEqualTo(many);
        writer.join();
    }

    @Test
    void targetThatRefuses_resetsTheClient() throws Exception {
        server.close();
        try (Socket refused = open()) {
            assertReset(refused);
        }
    }

    @Test
    void blackHole_passesNothingAndNoEnd_untilItHeals() throws Exception {
        relay.blackHole();

        client.getOutputStream().write(PING);
        target.getOutputStream().write(PING);
        client.shutdownOutput();
        assertSilent(client);
        assertSilent(target);

        relay.heal();
        assertThat(target.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
        assertThat(target.getInputStream().read()).isEqualTo(-1);
        assertThat(client.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
    }

    @Test
    void blackHole_acceptsConnections_andConnectsThemOnceItHeals() throws Exception {
        relay.blackHole();
        server.setSoTimeout(SILENCE_MILLIS);

        try (Socket late = open()) {
            late.getOutputStream().write(PING);
            assertThatThrownBy(server::accept).isInstanceOf(SocketTimeoutException.class);

            relay.heal();
            try (Socket accepted = accept()) {
                assertThat(accepted.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
            }
        }
    }

    @Test
    void blockedDirection_holdsBytesBack_andTheOtherPasses() throws Exception {
        relay.block(Direction.TO_TARGET);
        client.getOutputStream().write(PING);

        assertSilent(target);
        assertPasses(target, client);
    }

    @Test
    void droppedClients_areReset_andTheirTargetsSeeNothing() throws Exception {
        relay.dropClients();

        assertReset(client);
        assertSilent(target);
        try (Socket next = open();
                Socket accepted = accept()) {
            assertPasses(next, accepted);
        }
    }

    @Test
    void droppedTargets_areReset_andTheirClientsSeeNothing() throws Exception {
        relay.dropTargets();

        assertReset(target);
        assertSilent(client);
    }

    @Test
    void connectionWithoutATarget_isReset_ifClientsAreDropped() throws Exception {
        try (Socket unconnected = openWithoutATarget()) {
            relay.dropClients();

            assertReset(unconnected);
        }
    }

    @Test
    void connectionWithoutATarget_seesNothing_ifTargetsAreDropped() throws Exception {
        try (Socket unconnected = openWithoutATarget()) {
            relay.dropTargets();

            relay.heal();
            assertSilent(unconnected);
        }
    }

    private Socket openWithoutATarget() throws IOException {
        relay.blackHole();
        Socket unconnected = open();
        await().until(() -> relay.accepted() == 2);
        return unconnected;
    }

    @Test
    void slowLink_addsLatency_andBoundsTheRate() throws Exception {
        relay.slow(100_000, Duration.ofMillis(100));
        long start = System.nanoTime();

        client.getOutputStream().write(new byte[30_000]);
        target.getInputStream().readNBytes(1);
        assertThat(millisSince(start)).isBetween(100L, 2_000L);
        target.getInputStream().readNBytes(29_999);

        // 30 kB take 300 ms. A burst can save 50 ms, and the last 2 kB do not wait for their 20 ms
        assertThat(millisSince(start)).isBetween(320L, 5_000L);
    }

    @Test
    void slowLink_buffersLittle_andAppliesBackPressure() throws Exception {
        relay.slow(1_000, Duration.ZERO);
        client.setSendBufferSize(16 * 1024);
        Thread writer = new Thread(() -> {
            try {
                client.getOutputStream().write(new byte[20_000_000]);
            } catch (IOException e) {
                // the test is over
            }
        });
        writer.start();

        writer.join(SILENCE_MILLIS);

        assertThat(writer.isAlive()).as("waits for the relay").isTrue();
        client.close();
        writer.join();
    }

    @Test
    void reset_endsBothSidesWithAnRst() throws Exception {
        relay.reset();

        assertReset(client);
        assertReset(target);
    }

    @Test
    void resetOfOneSide_isPassedOn() throws Exception {
        client.setSoLinger(true, 0);
        client.close();

        assertReset(target);
    }

    private static void assertPasses(Socket from, Socket to) throws IOException {
        from.getOutputStream().write(PING);
        assertThat(to.getInputStream().readNBytes(PING.length)).isEqualTo(PING);
    }

    private static void assertSilent(Socket socket) throws IOException {
        socket.setSoTimeout(SILENCE_MILLIS);
        assertThatThrownBy(() -> socket.getInputStream().read()).isInstanceOf(SocketTimeoutException.class);
        socket.setSoTimeout(LIMIT_MILLIS);
    }

    private static void assertReset(Socket socket) {
        assertThatThrownBy(() -> socket.getInputStream().read())
                .isInstanceOf(SocketException.class)
                .hasMessageContaining("reset");
    }

    private static long millisSince(long start) {
        return (System.nanoTime() - start) / 1_000_000;
    }
}
