package io.heartline.bench.peer;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;

/** The HTTP port of a peer, by which the bench controls it. A peer counts as started once the port answers. */
final class PeerServer {

    /** Answers a request with the text that it returns, or with status 500 and the exception that it throws. */
    interface Handler {

        String answer(String method, String path) throws Exception;
    }

    private PeerServer() {}

    /** Starts to listen on a loopback port. The server ends with the process. */
    static void start(int port, Handler handler) throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            try {
                send(
                        exchange,
                        200,
                        handler.answer(
                                exchange.getRequestMethod(),
                                exchange.getRequestURI().getPath()));
            } catch (Exception e) { // of any kind, because the bench reports the answer
                send(exchange, 500, e.toString());
            }
        });
        server.start();
    }

    private static void send(HttpExchange exchange, int status, String text) throws IOException {
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }
}
