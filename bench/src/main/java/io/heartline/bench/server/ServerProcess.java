package io.heartline.bench.server;

import io.heartline.bench.model.HttpCall;
import io.heartline.bench.result.CannotMeasureException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A server under test in a process of its own, so that its CPU and memory can be measured. Its child processes count, too. Linux
 * only.
 */
public final class ServerProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(20);

    private final Process process;
    private final int port;
    private final Path log;

    private ServerProcess(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Starts a server, and returns when it answers on its loopback port.
     *
     * @throws CannotMeasureException with its output, if it does not answer
     */
    static ServerProcess start(List<String> command, int port) {
        try {
            Path log = Files.createTempFile("heartline-bench", ".log");
            log.toFile().deleteOnExit();
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            ServerProcess server = new ServerProcess(process, port, log);
            // the server ends with this JVM, however that ends
            Runtime.getRuntime().addShutdownHook(new Thread(server::kill));
            server.await();
            return server;
        } catch (IOException e) {
            throw new CannotMeasureException("cannot start " + command.get(0), e);
        }
    }

    private void await() throws IOException {
        URI ready = uri("http", "/actuator/health/readiness");
        HttpRequest request = request(ready.getPath(), Duration.ofSeconds(2)).build();
        long deadline = System.nanoTime() + START_TIMEOUT.toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                // peers answer 404, which also means ready
                if (HTTP.send(request, BodyHandlers.discarding()).statusCode() < 500) {
                    return;
                }
            } catch (IOException e) {
                // not yet
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                break;
            }
            LockSupport.parkNanos(Duration.ofMillis(100).toNanos());
        }
        kill();
        throw new CannotMeasureException(ready + " did not answer: " + Files.readString(log));
    }

    long pid() {
        return process.pid();
    }

    public URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    /** Returns the WebSocket URL of an author's likes. */
    public URI likesOf(String author) {
        return uri("ws", "/v1/authors/" + author + "/likes");
    }

    /** Returns the WebSocket URL of the likes of consecutive authors, on the resource of several authors if there are any. */
    public URI likesOf(IntFunction<String> author, int from, int count) {
        String authors = IntStream.range(from, from + count).mapToObj(author).collect(Collectors.joining("&author="));
        return count == 1 ? likesOf(authors) : uri("ws", "/v1/likes?author=" + authors);
    }

    /** Returns the body of a successful answer. */
    public String get(String path) {
        return ask(request(path, Duration.ofSeconds(30)));
    }

    /** Sends a POST without a body, and returns the body of a successful answer. */
    public String post(String path, Duration timeout) {
        return ask(request(path, timeout).POST(BodyPublishers.noBody()));
    }

    /** Returns the answer, with any status. */
    public Answer call(HttpCall call) {
        HttpRequest.Builder request = request(call.path(), Duration.ofSeconds(30));
        if (call.authorization() != null) {
            request.header("Authorization", call.authorization());
        }
        if (call.json() != null) {
            request.POST(BodyPublishers.ofByteArray(call.json())).header("Content-Type", "application/json");
        }
        return send(request.build());
    }

    /** An HTTP answer. */
    public record Answer(int status, String body) {}

    private HttpRequest.Builder request(String path, Duration timeout) {
        return HttpRequest.newBuilder(uri("http", path)).timeout(timeout);
    }

    private static String ask(HttpRequest.Builder builder) {
        HttpRequest request = builder.build();
        Answer answer = send(request);
        if (answer.status() / 100 != 2) {
            throw new CannotMeasureException(request.uri() + " answers " + answer);
        }
        return answer.body();
    }

    private static Answer send(HttpRequest request) {
        try {
            HttpResponse<String> answer = HTTP.send(request, BodyHandlers.ofString());
            return new Answer(answer.statusCode(), answer.body());
        } catch (IOException e) {
            throw new CannotMeasureException(request.uri() + " does not answer", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotMeasureException("interrupted", e);
        }
    }

    /** Returns the user and system CPU time so far, in seconds. */
    public double cpuSeconds() {
        return processes().mapToDouble(Proc::cpuSeconds).sum();
    }

    /** Returns resident memory in bytes. Memory that processes share counts for each of them. */
    public long residentBytes() {
        return processes()
                .mapToLong(each -> Proc.residentBytes(read(each, "status")))
                .sum();
    }

    /** Returns the largest resident memory so far, in bytes. */
    public long peakResidentBytes() {
        return Proc.peakResidentBytes(read(process.toHandle(), "status"));
    }

    private Stream<ProcessHandle> processes() {
        return Stream.concat(Stream.of(process.toHandle()), process.descendants());
    }

    private static String read(ProcessHandle process, String file) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(process.pid()), file));
        } catch (IOException e) {
            throw new CannotMeasureException("the server under test is gone", e);
        }
    }

    /** Sends SIGQUIT, on which nginx closes its connections with a close frame. Returns when it has ended, or after 20 s. */
    void quit() {
        if (!process.isAlive()) {
            return;
        }
        try {
            Jcmd.run(List.of("kill", "-QUIT", Long.toString(pid())));
            process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        // listed first, because children cannot be found once their parent has ended
        processes().toList().forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(STOP_TIMEOUT.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
            Files.deleteIfExists(log); // a second close is allowed
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + log, e);
        }
    }
}
