package io.heartline.reports.webhook;

import com.standardwebhooks.Webhook;
import com.standardwebhooks.exceptions.WebhookVerificationException;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cloudevents.CloudEvent;
import io.cloudevents.jackson.JsonFormat;
import io.heartline.events.Contract;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Function;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A receiver on loopback that builds a mirror. The libraries of Standard Webhooks and CloudEvents verify and parse each message, and
 * {@link #violations} has what no correct sender does.
 */
final class TestReceiver implements AutoCloseable {

    static {
        System.setProperty("sun.net.httpserver.nodelay", "true"); // otherwise an answer takes 40 ms
    }

    static final String SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    /** The messages that were received, acknowledged or not. */
    final List<Received> received = new CopyOnWriteArrayList<>();

    /** The messages that were applied, each once. */
    final List<Received> applied = new CopyOnWriteArrayList<>();

    final List<String> violations = new CopyOnWriteArrayList<>();

    /** Reports by subject. */
    final Map<String, JsonNode> mirror = new HashMap<>();

    /** Decides how a message is answered. */
    volatile Function<Received, Answer> answers = message -> acknowledge();

    private final Contract contract = Contract.of("report-batch.yaml").at("components", "schemas", "WebhookMessage");
    private final Webhook verifier;
    private final JsonMapper json = new JsonMapper();
    private final Set<String> seen = new HashSet<>();
    private final Map<String, Long> inProgress = new ConcurrentHashMap<>();
    private final CountDownLatch closed = new CountDownLatch(1);
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final HttpServer server;

    /** An answer to a message. */
    interface Answer {
        void send(HttpExchange exchange) throws IOException;
    }

    /**
     * A received message.
     *
     * @param port the client's, which differs between connections
     */
    record Received(CloudEvent event, long timestamp, long atNanos, int port) {

        String id() {
            return event.getId();
        }

        /** Returns the report; empty without a report. */
        String subject() {
            return event.getSubject() == null ? "" : event.getSubject();
        }

        /** Returns the author of the report; empty without a report. */
        String author() {
            return subject().substring(subject().indexOf('/') + 1);
        }

        long number() {
            return Long.parseLong(event.getExtension("sequence").toString());
        }

        String reason() {
            return event.getType().substring(event.getType().lastIndexOf('.') + 1);
        }
    }

    TestReceiver() throws Exception {
        verifier = new Webhook(SECRET);
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/hooks", this::handle);
        server.createContext("/elsewhere", exchange -> {
            violations.add("redirect was followed");
            exchange.close();
        });
        server.setExecutor(threads);
        server.start();
    }

    URI uri() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hooks?token=query-token");
    }

    static Answer acknowledge() {
        return exchange -> exchange.sendResponseHeaders(204, -1);
    }

    static Answer status(int status, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            exchange.sendResponseHeaders(status, -1);
        };
    }

    static Answer redirect() {
        return status(307, "Location", "/elsewhere");
    }

    /** Closes the connection without a response. */
    static Answer disconnect() {
        return exchange -> {};
    }

    /** Answers 200 with a body of a length. */
    static Answer body(int bytes) {
        return exchange -> {
            exchange.sendResponseHeaders(200, bytes);
            exchange.getResponseBody().write(new byte[bytes]);
        };
    }

    /** Announces a body, sends a part of it, and closes the connection. */
    static Answer brokenBody() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 100);
            exchange.getResponseBody().write(new byte[50]);
            exchange.getResponseBody().flush();
        };
    }

    /** Sends a body without end, as fast as it is read. */
    static Answer endlessBody() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try (OutputStream body = exchange.getResponseBody()) {
                while (true) {
                    body.write(new byte[1024]);
                }
            }
        };
    }

    /** Sends nothing, and leaves the connection open. */
    Answer silence() {
        return exchange -> awaitClose();
    }

    /** Sends the head of a response and no body. */
    Answer headOnly() {
        return exchange -> {
            exchange.sendResponseHeaders(200, 10);
            exchange.getResponseBody().flush();
            awaitClose();
        };
    }

    private void awaitClose() {
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            Received message = verified(exchange, body);
            received.add(message);
            Long earlier = inProgress.put(message.subject(), message.atNanos());
            // otherwise the sender has cancelled the earlier attempt on a slow machine
            if (earlier != null && message.atNanos() - earlier < TestWebhook.TIMEOUT.toNanos() / 2) {
                violations.add("two concurrent messages of " + message.subject());
            }
            Answer answer = answers.apply(message);
            if (isAcknowledgement(answer, exchange)) {
                apply(message);
            }
            inProgress.remove(message.subject()); // before the answer, after which the next message may come
            answer.send(exchange);
        } catch (RuntimeException e) {
            violations.add(e.toString());
        }
    }

    /** Each lambda has its own class. */
    private static boolean isAcknowledgement(Answer answer, HttpExchange exchange) {
        return answer.getClass().equals(acknowledge().getClass());
    }

    private Received verified(HttpExchange exchange, String body) {
        Map<String, List<String>> headers = exchange.getRequestHeaders();
        try {
            verifier.verify(body, headers);
        } catch (WebhookVerificationException e) {
            violations.add("signature: " + e.getMessage());
        }
        if (!exchange.getRequestMethod().equals("POST")
                || !List.of("application/cloudevents+json").equals(headers.get("Content-type"))
                || !"token=query-token".equals(exchange.getRequestURI().getQuery())) {
            violations.add("request: " + exchange.getRequestMethod() + " " + headers);
        }
        contract.violations(json.readTree(body)).forEach(violation -> violations.add("contract: " + violation));
        CloudEvent event = new JsonFormat().deserialize(body.getBytes(StandardCharsets.UTF_8));
        if (!List.of(event.getId()).equals(headers.get("Webhook-id"))) {
            violations.add("webhook-id " + headers.get("Webhook-id") + " and id " + event.getId());
        }
        long timestamp = Long.parseLong(headers.get("Webhook-timestamp").get(0));
        return new Received(
                event, timestamp, System.nanoTime(), exchange.getRemoteAddress().getPort());
    }

    private synchronized void apply(Received message) {
        if (!seen.add(message.id())) {
            return;
        }
        applied.add(message);
        switch (message.reason()) {
            case "restarted" -> mirror.clear();
            case "erased" -> mirror.remove(message.subject());
            default -> mirror.put(message.subject(), data(message));
        }
    }

    JsonNode data(Received message) {
        return json.readTree(message.event().getData().toBytes());
    }

    /** Returns a copy of the mirror. */
    synchronized Map<String, JsonNode> reports() {
        return Map.copyOf(mirror);
    }

    List<String> appliedAuthors() {
        return applied.stream()
                .map(Received::author)
                .filter(author -> !author.isEmpty())
                .toList();
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
