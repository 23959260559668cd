package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.heartline.bench.Caller.Call;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CallerTest {

    private static final int LIKES = 50;
    private static final int CONNECTIONS = 8;

    private final Set<String> bodies = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private HttpServer server;
    private Caller caller;

    @BeforeEach
    void start() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/taken", exchange -> answer(exchange, 202));
        server.createContext("/turned-away", exchange -> answer(exchange, 503));
        server.createContext("/cut-off", HttpExchange::close);
        server.start();
    }

    @AfterEach
    void stop() {
        caller.close();
        server.stop(0);
        threads.shutdown();
    }

    @Test
    void everyRequestThatIsTaken_isSentOnceAndTimedFromWhenItWasDue() {
        long due = System.nanoTime() - 1_000_000_000;

        post("/taken", due);

        assertThat(bodies).hasSize(LIKES);
        assertThat(caller.accepted.sum()).isEqualTo(LIKES);
        assertThat(caller.refused.sum()).isZero();
        assertThat(caller.delay.getTotalCount()).isEqualTo(LIKES);
        assertThat(caller.delay.getMinValue()).isGreaterThanOrEqualTo(990_000_000);
    }

    @Test
    void whatIsTurnedAway_isCountedAndNotTimed() {
        post("/turned-away", System.nanoTime());

        assertThat(caller.refused.sum()).isEqualTo(LIKES);
        assertThat(caller.delay.getTotalCount()).isZero();
    }

    @Test
    void whatIsNeverAnswered_isCountedAsRefused() {
        post("/cut-off", System.nanoTime());

        assertThat(caller.refused.sum()).isEqualTo(LIKES);
        assertThat(caller.accepted.sum()).isZero();
    }

    private void post(String path, long due) {
        caller = new Caller(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), 202, CONNECTIONS);
        for (int i = 0; i < LIKES; i++) {
            caller.send(new Call(path, ("{\"likerId\":\"" + i + "\"}").getBytes(StandardCharsets.US_ASCII)), due);
        }
        Arrivals.await(() -> caller.accepted.sum() + caller.refused.sum(), LIKES);
    }

    @Test
    void aGet_hasNoBodyAndAnyStatusThatIsExpectedIsTaken() {
        server.createContext(
                "/report",
                exchange -> answer(exchange, exchange.getRequestMethod().equals("GET") ? 200 : 405));
        caller = new Caller(URI.create("http://127.0.0.1:" + server.getAddress().getPort()), 200, CONNECTIONS);

        caller.send(Call.get("/report?week=previous"), System.nanoTime());
        Arrivals.await(() -> caller.accepted.sum() + caller.refused.sum(), 1);

        assertThat(caller.accepted.sum()).isEqualTo(1);
        assertThat(bodies).containsExactly("");
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
