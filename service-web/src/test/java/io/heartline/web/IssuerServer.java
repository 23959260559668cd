package io.heartline.web;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** An issuer on loopback, which publishes its metadata and keys, or fails in one of several ways. */
public final class IssuerServer implements AutoCloseable {

    /** The way in which the issuer fails. */
    public enum Fault {
        /** Answers 500. */
        FAILS,
        /** Accepts connections, and sends nothing. */
        HANGS,
        /** Sends one byte each 100 ms. */
        TRICKLES,
        /** Does not listen. */
        REFUSES
    }

    private final ExecutorService handlers = Executors.newCachedThreadPool();
    private final Map<String, String> documents = new ConcurrentHashMap<>();
    private final Map<String, String> redirects = new ConcurrentHashMap<>();
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile Fault fault;
    private volatile CountDownLatch end = new CountDownLatch(1); // open once the fault ends
    private HttpServer server;
    private final int port;

    /** Starts an issuer on a free port, which publishes nothing yet. */
    public IssuerServer() {
        listen(0);
        port = server.getAddress().getPort();
    }

    private void listen(int atPort) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), atPort), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.setExecutor(handlers);
        server.createContext("/", this::answer);
        server.start();
    }

    /**
     * Returns the name of the issuer, which is its URL.
     *
     * @return the value of the claim {@code iss}
     */
    public String name() {
        return "http://localhost:" + port;
    }

    /**
     * Returns the URL of the set of keys.
     *
     * @return an absolute URL
     */
    public String keysUri() {
        return name() + "/keys";
    }

    /**
     * Returns how many requests for the set of keys have begun.
     *
     * @return the number since the start
     */
    public int fetches() {
        return fetches.get();
    }

    /**
     * Publishes the metadata, and public keys instead of those before.
     *
     * @param issuers owners of the keys
     * @return this server
     */
    public IssuerServer publish(TestIssuer... issuers) {
        List<JWK> keys =
                Stream.of(issuers).map(TestIssuer::key).map(JWK::toPublicJWK).toList();
        return publish("/keys", new JWKSet(keys).toString())
                .publish(
                        "/.well-known/openid-configuration",
                        JSONObjectUtils.toJSONString(Map.of("issuer", name(), "jwks_uri", keysUri())));
    }

    /**
     * Publishes a document instead of the one before.
     *
     * @param path path of the URL
     * @param document the body of the answer, served as JSON
     * @return this server
     */
    public IssuerServer publish(String path, String document) {
        documents.put(path, document);
        return this;
    }

    /**
     * Answers a path with 302.
     *
     * @param path path of the URL
     * @param location value of the header {@code Location}
     */
    public void redirect(String path, String location) {
        redirects.put(path, location);
    }

    /**
     * Fails every request from now on, until {@link #recover}.
     *
     * @param newFault the way to fail
     */
    public void startFault(Fault newFault) {
        fault = newFault;
        if (newFault == Fault.REFUSES) {
            server.stop(0);
        }
    }

    /** Ends the fault. */
    public void recover() {
        Fault last = fault;
        fault = null;
        end.countDown();
        end = new CountDownLatch(1);
        if (last == Fault.REFUSES) {
            listen(port);
        }
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String path = exchange.getRequestURI().getPath();
            if (path.equals("/keys")) {
                fetches.incrementAndGet();
            }
            String location = redirects.get(path);
            String document = documents.get(path);
            if (fault == Fault.HANGS) {
                end.await();
            } else if (fault == Fault.TRICKLES) {
                trickle(exchange);
            } else if (location != null) {
                exchange.getResponseHeaders().set("Location", location);
                exchange.sendResponseHeaders(302, -1);
            } else if (fault == Fault.FAILS || document == null) {
                exchange.sendResponseHeaders(500, -1);
            } else {
                byte[] body = document.getBytes(StandardCharsets.UTF_8);
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, body.length == 0 ? -1 : body.length);
                exchange.getResponseBody().write(body);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void trickle(HttpExchange exchange) throws IOException, InterruptedException {
        exchange.sendResponseHeaders(200, 0);
        while (!end.await(100, TimeUnit.MILLISECONDS)) {
            exchange.getResponseBody().write(' ');
            exchange.getResponseBody().flush();
        }
    }

    @Override
    public void close() {
        end.countDown();
        server.stop(0);
        handlers.shutdownNow();
    }
}
