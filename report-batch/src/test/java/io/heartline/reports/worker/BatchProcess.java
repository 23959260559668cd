package io.heartline.reports.worker;

import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.kafka.TestTopic;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** A batch in its own JVM, which a test can kill. */
final class BatchProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Pattern STARTED = Pattern.compile("started on port (\\d+)");

    private final Path log;
    private final Process process;
    private int port;

    /**
     * Starts the process and returns when it accepts connections. Its schedule is once a year, and it takes part in the runs of
     * other instances.
     *
     * @param settings properties such as {@code heartline.reports.chunk-size=100}
     */
    BatchProcess(TestTopic likes, String database, String... settings) throws IOException {
        log = Files.createTempFile("batch", ".log");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                ReportBatchApplication.class.getName(),
                "--server.port=0",
                "--logging.level.org.springframework.boot.reactor.netty=info",
                "--spring.mongodb.uri=" + database,
                "--heartline.reports.topic=" + likes.topic,
                "--heartline.reports.schedule=0 0 0 1 1 *",
                "--spring.kafka.bootstrap-servers=" + likes.broker));
        for (String setting : settings) {
            command.add("--" + setting);
        }
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await().atMost(Duration.ofSeconds(90)).until(() -> !process.isAlive() || isListening());
        if (!process.isAlive()) {
            throw new IOException("the batch did not start: " + Files.readString(log));
        }
    }

    /** Reads the port from the log. The process chooses it because a port chosen by the test might be in use by then. */
    private boolean isListening() throws IOException {
        Matcher started = STARTED.matcher(Files.readString(log));
        if (!started.find()) {
            return false;
        }
        port = Integer.parseInt(started.group(1));
        return true;
    }

    /**
     * Requests a run.
     *
     * @return the id of the run
     */
    String request() throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/v1/runs")).POST(BodyPublishers.noBody()))
                .get("id")
                .asString();
    }

    JsonNode run(String id) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri("/v1/runs/" + id)));
    }

    /** Kills the process, as {@code kill -9} does. */
    void kill() throws InterruptedException {
        process.destroyForcibly().waitFor();
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly().onExit().join();
        Files.delete(log);
    }

    private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
        HttpResponse<String> response = HTTP.send(request.build(), BodyHandlers.ofString());
        if (response.statusCode() >= 300) {
            throw new IOException(response.statusCode() + " " + response.body());
        }
        return JSON.readTree(response.body());
    }

    private URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }
}
