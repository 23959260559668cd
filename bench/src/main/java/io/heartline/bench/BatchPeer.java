package io.heartline.bench;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** What to compare the report batch with: works the topic off on {@code POST /run}, answers {@code GET /figures}. */
@Command(name = "batch-peer", hidden = true, description = "Folds a topic when it is told to, to compare with.")
final class BatchPeer implements Callable<Integer> {

    static final String RUN = "/run";
    static final String FIGURES = "/figures";

    @Parameters(index = "0")
    private BatchTarget kind;

    @Parameters(index = "1")
    private String bootstrap;

    @Parameters(index = "2")
    private String topic;

    @Parameters(index = "3")
    private int port;

    /** One of the peers. */
    interface Batch extends AutoCloseable {

        /** Returns when everything that was in the topic when it was called is worked off. */
        void run() throws Exception;

        /** Of all runs so far; zero what it does not count. */
        Figures figures();

        @Override
        void close();
    }

    @Override
    public Integer call() throws Exception {
        try (Batch batch =
                switch (kind) {
                    case consumer -> new ConsumerBatch(bootstrap, topic);
                    case streams -> new StreamsBatch(bootstrap, topic);
                    case heartline -> throw new IllegalArgumentException("is no peer of its own");
                }) {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
            server.createContext("/", exchange -> answer(exchange, 404, ""));
            server.createContext(RUN, exchange -> {
                try {
                    batch.run();
                    answer(exchange, 200, "");
                } catch (Exception e) { // whatever it is, who asked is to know
                    answer(exchange, 500, e.toString());
                }
            });
            server.createContext(
                    FIGURES, exchange -> answer(exchange, 200, batch.figures().text()));
            server.start();
            new CountDownLatch(1).await(); // until the process is ended
        }
        return 0;
    }

    private static void answer(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
