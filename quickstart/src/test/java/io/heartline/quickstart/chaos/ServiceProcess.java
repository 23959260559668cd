package io.heartline.quickstart.chaos;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** One of the three services, in a process that runs its executable jar. */
final class ServiceProcess {

    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Duration SOON = Duration.ofSeconds(180);

    private final String name;
    private final int port;
    private final FakeClock clock;
    private final JavaProcess process;

    /**
     * @param name the name of the process, unique among the processes of a module
     * @param java additional arguments of the JVM
     * @param clock the wall clock of the process; null for the machine's clock
     * @param settings settings such as {@code heartline.gateway.drain=5s}
     */
    ServiceProcess(
            Path folder,
            String module,
            String name,
            int port,
            List<String> java,
            FakeClock clock,
            List<String> settings) {
        this.name = name;
        this.port = port;
        this.clock = clock;
        List<String> command = new ArrayList<>(java);
        command.addAll(List.of("-jar", jar(module).toString(), "--server.address=127.0.0.1", "--server.port=" + port));
        settings.forEach(setting -> command.add("--" + setting));
        process =
                new JavaProcess(folder.resolve(name + ".log"), command, clock == null ? Map.of() : clock.environment());
    }

    /** Returns the jar, which Maven's {@code package} phase has built before these tests. */
    private static Path jar(String module) {
        Path target = Path.of("..", module, "target");
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(target, module + "-*-exec.jar")) {
            Iterator<Path> found = jars.iterator();
            if (found.hasNext()) {
                return found.next();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("no " + target.toAbsolutePath() + ": mvn package creates it", e);
        }
        throw new IllegalStateException(
                "no " + module + "-*-exec.jar in " + target.toAbsolutePath() + ": mvn package creates it");
    }

    /** Starts the process if it is not running. Does not wait until it is ready; see {@link #awaitReady()}. */
    void start() throws IOException {
        if (!process.isAlive()) {
            process.start();
        }
    }

    void awaitReady() {
        await(name + " is ready")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(200))
                .failFast("the process has ended: see " + process.output(), () -> !process.isAlive())
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> get("/actuator/health/readiness").statusCode() == 200);
    }

    JavaProcess process() {
        return process;
    }

    FakeClock clock() {
        return clock;
    }

    int port() {
        return port;
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(HttpRequest.newBuilder(uri(path)));
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return body(get(path));
    }

    JsonNode post(String path) throws IOException, InterruptedException {
        return body(send(HttpRequest.newBuilder(uri(path)).POST(BodyPublishers.noBody())));
    }

    /** Returns the sum of the samples whose names and labels start with {@code beginning}. */
    double metric(String beginning) throws IOException, InterruptedException {
        return get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith(beginning))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return HTTP.send(request.timeout(Duration.ofSeconds(10)).build(), BodyHandlers.ofString());
    }

    private static JsonNode body(HttpResponse<String> answer) throws IOException {
        if (answer.statusCode() / 100 != 2) {
            throw new IOException(answer.uri() + " answers " + answer.statusCode() + " " + answer.body());
        }
        return JsonMapper.shared().readTree(answer.body());
    }
}
