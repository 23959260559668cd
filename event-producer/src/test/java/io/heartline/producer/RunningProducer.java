package io.heartline.producer;

import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** An instance of the service in this JVM. */
public final class RunningProducer implements AutoCloseable {

    /** Number of partitions of the topic. */
    public static final int PARTITIONS = 4;

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    /** The beans of the instance. */
    public final ConfigurableApplicationContext context;

    /** The port of the instance, on loopback. */
    public final int port;

    private RunningProducer(ConfigurableApplicationContext context) {
        this.context = context;
        this.port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    /**
     * Starts an instance on the broker that all tests share, and waits until it is ready.
     *
     * @param topic name of the topic
     * @param settings names and values such as {@code heartline.producer.ack-timeout=1s}
     * @return the ready instance
     */
    public static RunningProducer on(String topic, String... settings) {
        RunningProducer producer = on(Backends.bootstrapServers(), topic, settings);
        await().atMost(Duration.ofSeconds(30)).until(producer::isReady);
        return producer;
    }

    /**
     * Starts an instance on a broker. Does not wait until it is ready.
     *
     * @param servers bootstrap servers of the broker
     * @param topic name of the topic
     * @param settings names and values such as {@code heartline.producer.ack-timeout=1s}
     * @return the running instance
     */
    public static RunningProducer on(String servers, String topic, String[] settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.config.name=event-producer",
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + servers,
                "--heartline.producer.topic.name=" + topic,
                "--heartline.producer.topic.partitions=" + PARTITIONS));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        return new RunningProducer(
                new SpringApplicationBuilder(EventProducerApplication.class).run(arguments.toArray(String[]::new)));
    }

    /**
     * Posts likes, as JSON by default.
     *
     * @param body a like, or lines of likes
     * @param headers names and values in turn
     * @return the answer
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> post(String body, String... headers) throws IOException, InterruptedException {
        return post(BodyPublishers.ofString(body), headers);
    }

    /**
     * Posts likes, as JSON by default.
     *
     * @param body a like, or lines of likes, which may be compressed
     * @param headers names and values in turn
     * @return the answer
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> post(byte[] body, String... headers) throws IOException, InterruptedException {
        return post(BodyPublishers.ofByteArray(body), headers);
    }

    private HttpResponse<String> post(BodyPublisher body, String... headers) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri("/v1/likes"))
                .timeout(Duration.ofSeconds(60))
                .POST(body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        if (!List.of(headers).contains("Content-Type")) {
            request.header("Content-Type", "application/json");
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    /**
     * Sends a GET.
     *
     * @param path path of the URL, with its query
     * @return the answer
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return HTTP.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    /**
     * Sends a request without a body.
     *
     * @param method name of the method
     * @param path path of the URL, with its query
     * @param headers names and values in turn
     * @return the answer
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> send(String method, String path, String... headers)
            throws IOException, InterruptedException {
        return send(method, path, BodyPublishers.noBody(), headers);
    }

    /**
     * Sends a request.
     *
     * @param method name of the method
     * @param path path of the URL, with its query
     * @param body the body
     * @param headers names and values in turn
     * @return the answer
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public HttpResponse<String> send(String method, String path, BodyPublisher body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri(path))
                .timeout(Duration.ofSeconds(60))
                .method(method, body);
        if (headers.length > 0) {
            request.headers(headers);
        }
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /**
     * Returns whether the instance is ready.
     *
     * @return whether the readiness probe answers 200
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean isReady() throws IOException, InterruptedException {
        return get("/actuator/health/readiness").statusCode() == 200;
    }

    /**
     * Returns the sum of a metric's samples whose labels contain a text.
     *
     * @param name name of the metric
     * @param labels text in the line of a sample
     * @return the sum; 0 if there is no such sample
     * @throws IOException if the connection fails or times out
     * @throws InterruptedException if the thread is interrupted
     */
    public double metric(String name, String labels) throws IOException, InterruptedException {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(name) && line.contains(labels))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    /**
     * Returns the body of an answer as JSON.
     *
     * @param answer the answer
     * @return the parsed body
     */
    public static JsonNode json(HttpResponse<String> answer) {
        return JsonMapper.shared().readTree(answer.body());
    }

    @Override
    public void close() {
        context.close();
    }
}
