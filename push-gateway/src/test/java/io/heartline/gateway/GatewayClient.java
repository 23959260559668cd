package io.heartline.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Requests to a gateway that a test has started. */
public abstract class GatewayClient {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    volatile int port;

    GatewayClient() {}

    /**
     * Returns whether the gateway is ready, as a load balancer checks it.
     *
     * @return false if the gateway does not answer, too
     */
    public boolean isReady() {
        try {
            return get("/actuator/health/readiness").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /**
     * Sends a GET request.
     *
     * @param path the path and the query
     * @return the response
     * @throws IOException if the gateway does not answer within 10 s
     */
    public HttpResponse<String> get(String path) throws IOException {
        try {
            return HTTP.send(
                    HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                            .timeout(Duration.ofSeconds(10))
                            .build(),
                    BodyHandlers.ofString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException(e);
        }
    }

    /**
     * Returns the sum of a metric's samples whose labels contain a text.
     *
     * @param name the name in Prometheus
     * @param labels the text; empty for all samples
     * @return the sum
     * @throws IOException if the gateway does not answer
     */
    public double metric(String name, String labels) throws IOException {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(labels))
                .filter(line -> " {".indexOf(line.charAt(name.length())) >= 0)
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /**
     * Returns the URL of the gateway.
     *
     * @return a URL with the scheme {@code ws} and no path
     */
    public String url() {
        return "ws://127.0.0.1:" + port;
    }
}
