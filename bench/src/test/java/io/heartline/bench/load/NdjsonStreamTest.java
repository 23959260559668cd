package io.heartline.bench.load;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.IngestMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.ServerProcess.Answer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class NdjsonStreamTest {

    private static final int LIKES = 45_000; // more than the lines created beforehand

    private final IngestLikes likes = new IngestLikes(1000);
    private final List<byte[]> made = likes.lines();
    private final List<String> lines = new ArrayList<>();
    private HttpServer server;
    private HttpClients http;
    private String prefer;
    private String type;

    @AfterEach
    void stop() {
        http.close();
        server.stop(0);
    }

    @Test
    void likes_areSentOnceInOrder_whileTheAnswerIsRead() throws IOException {
        NdjsonStream stream = post(exchange -> answer(exchange, true, true), false);

        assertThat(stream.start(http.posting(IngestMethod.ndjson, null)).join().status())
                .isEqualTo(200);

        List<byte[]> bodies = likes.bodies();
        assertThat(stream.sums()).isEqualTo(new NdjsonAnswer.Sums(LIKES, 0));
        assertThat(lines)
                .isEqualTo(IntStream.range(0, LIKES)
                        .mapToObj(i -> new String(bodies.get(i % bodies.size()), StandardCharsets.US_ASCII))
                        .toList());
        assertThat(type).isEqualTo("application/x-ndjson");
        assertThat(prefer).isNull();
    }

    @Test
    void minimal_sendsThePreferHeader() throws IOException {
        NdjsonStream stream = post(exchange -> answer(exchange, false, true), true);

        stream.start(http.posting(IngestMethod.ndjson, null)).join();

        assertThat(stream.sums().accepted()).isEqualTo(LIKES);
        assertThat(prefer).isEqualTo("return=minimal");
    }

    @Test
    void answerWithoutItsEnd_throws() throws IOException {
        NdjsonStream stream = post(exchange -> answer(exchange, true, false), false);

        stream.start(http.posting(IngestMethod.ndjson, null)).join();

        assertThatExceptionOfType(CannotMeasureException.class)
                .isThrownBy(stream::sums)
                .withMessageContaining("breaks off after line " + LIKES);
    }

    @Test
    void connectionThatEndsBeforeTheAnswer_completesExceptionally() throws IOException {
        NdjsonStream stream = post(HttpExchange::close, false);

        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() ->
                        stream.start(http.posting(IngestMethod.ndjson, null)).join());
    }

    @Test
    void errorStatus_isReturnedWithItsBody() throws IOException {
        NdjsonStream stream = post(
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.sendResponseHeaders(415, 2);
                    exchange.getResponseBody().write("no".getBytes(StandardCharsets.US_ASCII));
                    exchange.close();
                },
                false);

        assertThat(stream.start(http.posting(IngestMethod.ndjson, null)).join()).isEqualTo(new Answer(415, "no"));
    }

    private NdjsonStream post(HttpHandler handler, boolean minimal) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/v1/likes", handler);
        server.start();
        URI uri = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
        http = new HttpClients(uri);
        return new NdjsonStream(made, LIKES, IngestMethod.ndjson, minimal);
    }

    private void answer(HttpExchange exchange, boolean eachLine, boolean done) throws IOException {
        prefer = exchange.getRequestHeaders().getFirst("Prefer");
        type = exchange.getRequestHeaders().getFirst("Content-Type");
        exchange.sendResponseHeaders(200, 0);
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(exchange.getRequestBody(), StandardCharsets.US_ASCII));
        OutputStream body = exchange.getResponseBody();
        for (String line = reader.readLine(); line != null; line = reader.readLine()) {
            lines.add(line);
            if (eachLine) {
                write(body, "{\"line\":" + lines.size() + ",\"status\":202,\"eventId\":\"e\"}\n");
            }
        }
        if (done) {
            write(body, "{\"done\":true,\"accepted\":" + lines.size() + ",\"refused\":0}\n");
        }
        exchange.close();
    }

    private static void write(OutputStream body, String line) throws IOException {
        body.write(line.getBytes(StandardCharsets.US_ASCII));
    }
}
