package io.heartline.quickstart;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Serves the page and {@code heartline.js} unchanged, and malformed responses in place of the services. It has no WebSockets. */
final class MalformedResponseServer implements AutoCloseable {

    /** Four frames: one is not an object, one is a malformed like, and two are valid. */
    private static final String FRAMES = """
            {"frames":[
              "what?",
              {"kind":"like","position":"k3f9-0-5","loggedAt":"yesterday","event":{"id":"e-5"}},
              {"kind":"digest","from":"k3f9-0-5","position":"k3f9-0-1005","liked":990,"unliked":10,"posts":[]},
              {"kind":"like","position":"k3f9-0-1006","loggedAt":"2026-11-24T10:00:00Z",
               "event":{"id":"e-1006","type":"liked","postId":"p-1","authorId":"alice","likerId":"bob","at":"2026-11-24T10:00:00Z"}}
             ],"position":"k3f9-0-1006","more":false,"recovered":true}""";

    private static final String NO_FRAMES =
            "{\"frames\":[],\"position\":\"k3f9-0-1006\",\"more\":false,\"recovered\":true}";

    private final HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final CountDownLatch closed = new CountDownLatch(1);
    private volatile int status = 500;
    private volatile String reports = "<html>a proxy's page";

    MalformedResponseServer() throws IOException {
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    String url() {
        return "http://localhost:" + server.getAddress().getPort();
    }

    void respondToReportsWith(int newStatus, String body) {
        status = newStatus;
        reports = body;
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = exchange.getRequestURI().getQuery();
        if (path.equals("/")) {
            send(exchange, 200, "text/html", file("page/index.html"));
        } else if (path.equals("/heartline.js")) {
            send(exchange, 200, "text/javascript", file("client/heartline.js"));
        } else if (path.equals("/page/settings.json")) {
            String settings = "{\"gatewayUrl\":\"%1$s\",\"producerUrl\":\"%1$s\"}".formatted(url());
            send(exchange, 200, "application/json", settings.getBytes(StandardCharsets.UTF_8));
        } else if (path.startsWith("/page/uplot")) {
            send(exchange, 500, "text/plain", new byte[0]);
        } else if (path.startsWith("/page/")) {
            send(exchange, 200, path.endsWith("js") ? "text/javascript" : "text/css", file(path.substring(1)));
        } else if (path.endsWith("/likes") && exchange.getRequestHeaders().containsKey("Upgrade")) {
            send(exchange, 400, "text/plain", new byte[0]);
        } else if (path.endsWith("/likes") && query != null && query.contains("1006")) {
            stall();
            send(exchange, 200, "application/json", NO_FRAMES.getBytes(StandardCharsets.UTF_8));
        } else if (path.endsWith("/likes")) {
            send(exchange, 200, "application/json", FRAMES.getBytes(StandardCharsets.UTF_8));
        } else {
            send(exchange, status, "application/json", reports.getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Waits until the server is closed, as a long poll without likes waits for its timeout. */
    private void stall() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static byte[] file(String name) throws IOException {
        try (InputStream file = MalformedResponseServer.class.getResourceAsStream("/" + name)) {
            return file == null ? new byte[0] : file.readAllBytes();
        }
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] body) throws IOException {
        try (exchange) {
            exchange.getResponseHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
