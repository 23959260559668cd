package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
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

class PosterTest {

    private static final int LIKES = 50;
    private static final int CONNECTIONS = 8;

    private final Set<String> bodies = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private HttpServer server;
    private Poster poster;

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
        poster.close();
        server.stop(0);
        threads.shutdown();
    }

    @Test
    void everyLikeThatIsTaken_isPostedOnceAndTimedFromWhenItWasDue() {
        long due = System.nanoTime() - 1_000_000_000;

        post("/taken", due);

        assertThat(bodies).hasSize(LIKES);
        assertThat(poster.accepted.sum()).isEqualTo(LIKES);
        assertThat(poster.refused.sum()).isZero();
        assertThat(poster.delay.getTotalCount()).isEqualTo(LIKES);
        assertThat(poster.delay.getMinValue()).isGreaterThanOrEqualTo(990_000_000);
    }

    @Test
    void whatIsTurnedAway_isCountedAndNotTimed() {
        post("/turned-away", System.nanoTime());

        assertThat(poster.refused.sum()).isEqualTo(LIKES);
        assertThat(poster.delay.getTotalCount()).isZero();
    }

    @Test
    void whatIsNeverAnswered_isCountedAsRefused() {
        post("/cut-off", System.nanoTime());

        assertThat(poster.refused.sum()).isEqualTo(LIKES);
        assertThat(poster.accepted.sum()).isZero();
    }

    private void post(String path, long due) {
        poster = new Poster(URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path), CONNECTIONS);
        for (int i = 0; i < LIKES; i++) {
            poster.post(("{\"likerId\":\"" + i + "\"}").getBytes(StandardCharsets.US_ASCII), due);
        }
        Arrivals.await(() -> poster.accepted.sum() + poster.refused.sum(), LIKES);
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
