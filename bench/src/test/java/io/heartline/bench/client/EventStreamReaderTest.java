package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.heartline.bench.load.Await;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.ReadMethod;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventStreamReaderTest {

    private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
    private HttpServer server;

    @AfterEach
    void stop() {
        server.stop(0);
    }

    /** Answers a request with events, and leaves the stream open. */
    private URI serve(String events) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            requests.add(exchange.getRequestURI() + " "
                    + exchange.getRequestHeaders().getFirst("Accept"));
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write(events.getBytes(StandardCharsets.US_ASCII));
            exchange.getResponseBody().flush();
        });
        server.start();
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    @Test
    void liveReport_deliversTheLikesOfEachReport_andNoneOfOtherEvents() throws Exception {
        DueTimes dues = new DueTimes(1);
        for (long due = 1; due <= 9; due++) {
            dues.add(0, due);
        }
        URI url = serve("""
                id: k3f9-0-4
                event: report
                data: {"authorId":"followed-0","likes":3,"events":{"liked":5,"unliked":0},"through":"k3f9-0-4"}

                id: k3f9-0-9
                event: through
                data: {"through":"k3f9-0-9"}

                id: k3f9-0-12
                event: report
                data: {"authorId":"followed-0","likes":3,"events":{"liked":9,"unliked":0},"through":"k3f9-0-12"}

                """);

        try (Readers readers = Readers.connect(ReadMethod.of("live-report-5"), url, 1, 1, dues)) {
            Await.count(readers.counters.likes::sum, 9);

            assertThat(readers.counters.likes.sum()).isEqualTo(9);
            readers.requireNoFailure();
        }
        assertThat(requests).containsExactly("/v1/authors/followed-0/reports/current?every=5 text/event-stream");
    }
}
