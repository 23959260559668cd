package io.heartline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.heartline.bench.model.HttpCall;
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

class RequestSenderTest {

    private static final int LIKES = 50;

    private final Set<String> bodies = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newFixedThreadPool(4);
    private HttpServer server;
    private RequestSender sender;

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
        sender.close();
        server.stop(0);
        threads.shutdown();
    }

    @Test
    void acceptedRequest_isSentOnce_andTimedFromItsDueTime() {
        long due = System.nanoTime() - 1_000_000_000;

        post("/taken", due);

        assertThat(bodies).hasSize(LIKES);
        assertThat(sender.accepted.sum()).isEqualTo(LIKES);
        assertThat(sender.refused.sum()).isZero();
        assertThat(sender.delay.getTotalCount()).isEqualTo(LIKES);
        assertThat(sender.delay.getMinValue()).isGreaterThanOrEqualTo(990_000_000);
    }

    @Test
    void refusedRequest_isCounted_andNotTimed() {
        post("/turned-away", System.nanoTime());

        assertThat(sender.refused.sum()).isEqualTo(LIKES);
        assertThat(sender.delay.getTotalCount()).isZero();
    }

    @Test
    void requestWithoutAnswer_isRefused() {
        post("/cut-off", System.nanoTime());

        assertThat(sender.refused.sum()).isEqualTo(LIKES);
        assertThat(sender.accepted.sum()).isZero();
    }

    private URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    private void post(String path, long due) {
        sender = new RequestSender(uri(), 202);
        for (int i = 0; i < LIKES; i++) {
            sender.send(HttpCall.post(path, ("{\"likerId\":\"" + i + "\"}").getBytes(StandardCharsets.US_ASCII)), due);
        }
        Await.count(sender::answered, LIKES);
    }

    @Test
    void get_hasNoBody_andAcceptsTheExpectedStatus() {
        server.createContext(
                "/report",
                exchange -> answer(exchange, exchange.getRequestMethod().equals("GET") ? 200 : 405));
        sender = new RequestSender(uri(), 200);

        sender.send(HttpCall.get("/report?week=previous"), System.nanoTime());
        Await.count(sender::answered, 1);

        assertThat(sender.accepted.sum()).isEqualTo(1);
        assertThat(bodies).containsExactly("");
    }

    private void answer(HttpExchange exchange, int status) throws IOException {
        bodies.add(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
        exchange.sendResponseHeaders(status, -1);
        exchange.close();
    }
}
