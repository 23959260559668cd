package io.heartline.gateway;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** A gateway in a JVM of its own, which a test can give little memory, terminate or kill. */
public final class GatewayProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    private static final Pattern STARTED = Pattern.compile("started on port (\\d+)");

    volatile int port;
    private final List<String> command = new ArrayList<>();
    private final Path log;
    private Process process;

    /**
     * Starts a gateway and returns after it is ready.
     *
     * @param memory options of the JVM, such as {@code -Xmx64m}
     * @param likes the topic to read
     * @param settings properties such as {@code heartline.gateway.drain=5s}
     * @throws IOException if the gateway does not start
     */
    public GatewayProcess(String memory, TestTopic likes, String... settings) throws IOException {
        log = Files.createTempFile("gateway", ".log");
        command.addAll(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:+ExitOnOutOfMemoryError"));
        command.addAll(List.of(memory.split(" ")));
        command.addAll(List.of(
                "-cp",
                System.getProperty("java.class.path"),
                PushGatewayApplication.class.getName(),
                "--server.port=0",
                "--logging.level.org.springframework.boot.reactor.netty=info",
                "--spring.kafka.bootstrap-servers=" + likes.bootstrapServers,
                "--heartline.gateway.topic=" + likes.log.topic()));
        for (String setting : settings) {
            command.add("--" + setting);
        }
        start();
    }

    void start() throws IOException {
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> !process.isAlive() || isListening() && isReady());
        if (!process.isAlive()) {
            throw new IOException("the gateway did not start: " + log());
        }
    }

    /** Starts the process. It chooses a port itself, because another process could take a port that a test chooses. */
    private boolean isListening() throws IOException {
        Matcher started = STARTED.matcher(log());
        if (!started.find()) {
            return false;
        }
        port = Integer.parseInt(started.group(1));
        return true;
    }

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

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Returns the output of the process.
     *
     * @return the output so far
     * @throws IOException if the file cannot be read
     */
    public String log() throws IOException {
        return Files.readString(log);
    }

    /**
     * Sends a signal.
     *
     * @param name the name of the signal, such as {@code STOP}
     * @throws IOException if the command fails
     * @throws InterruptedException if the thread is interrupted
     */
    public void signal(String name) throws IOException, InterruptedException {
        int exit = new ProcessBuilder("kill", "-" + name, Long.toString(process.pid()))
                .start()
                .waitFor();
        if (exit != 0) {
            throw new IOException("kill -" + name + " exited with " + exit);
        }
    }

    /** Sends SIGTERM. */
    void terminate() {
        process.destroy();
    }

    /** Waits for the process's end. Returns whether it has ended in time. */
    boolean isGoneWithin(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.delete(log);
    }
}
