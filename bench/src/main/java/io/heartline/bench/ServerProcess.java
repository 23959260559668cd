package io.heartline.bench;

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
import java.util.stream.Stream;

/**
 * A server under test in a process of its own, so that its CPU and memory are told apart from ours. What it starts in turn is
 * part of it. Linux only.
 */
final class ServerProcess implements AutoCloseable {

    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** With a server that is to end. */
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Process process;
    private final int port;
    private final Path log;

    private ServerProcess(Process process, int port, Path log) {
        this.process = process;
        this.port = port;
        this.log = log;
    }

    /**
     * Returns once it answers on its port of the loopback interface.
     *
     * @throws CannotMeasureException with what it said, if it does not
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
            // nothing stays behind, however this JVM ends
            Runtime.getRuntime().addShutdownHook(new Thread(server::kill));
            server.await();
            return server;
        } catch (IOException e) {
            throw new CannotMeasureException("cannot start " + command.get(0), e);
        }
    }

    private void await() throws IOException {
        URI ready = uri("http", "/actuator/health/readiness");
        HttpRequest request =
                HttpRequest.newBuilder(ready).timeout(Duration.ofSeconds(2)).build();
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (System.nanoTime() < deadline && process.isAlive()) {
            try {
                // a peer that knows no such page is ready as well
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

    URI uri(String scheme, String path) {
        return URI.create(scheme + "://127.0.0.1:" + port + path);
    }

    /** Where an author's likes are told. */
    URI likesOf(String author) {
        return uri("ws", "/v1/authors/" + author + "/likes");
    }

    /** The body of its answer. */
    String get(String path) {
        return ask(HttpRequest.newBuilder(uri("http", path))
                .timeout(Duration.ofSeconds(30))
                .build());
    }

    /** The same of a POST without a body. */
    String post(String path, Duration timeout) {
        return ask(HttpRequest.newBuilder(uri("http", path))
                .POST(BodyPublishers.noBody())
                .timeout(timeout)
                .build());
    }

    /** What it answers, whatever it is. */
    Answer call(Caller.Call call) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(uri("http", call.path())).timeout(Duration.ofSeconds(30));
        if (call.authorization() != null) {
            request.header("Authorization", call.authorization());
        }
        if (call.json() != null) {
            request.POST(BodyPublishers.ofByteArray(call.json())).header("Content-Type", "application/json");
        }
        return send(request.build());
    }

    /** An HTTP answer. */
    record Answer(int status, String body) {}

    private static String ask(HttpRequest request) {
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

    /** CPU it has used so far, user and system, in seconds. */
    double cpuSeconds() {
        return processes()
                .mapToDouble(each -> Proc.cpuSeconds(read(each, "stat")))
                .sum();
    }

    /** Resident memory in bytes; what its processes share counts for each. */
    long residentBytes() {
        return processes()
                .mapToLong(each -> Proc.residentBytes(read(each, "status")))
                .sum();
    }

    /** The most that it ever took of resident memory, in bytes. */
    long peakResidentBytes() {
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

    /** By SIGQUIT, which asks nginx to say goodbye before it ends. Returns once it has, or after {@link #PATIENCE}. */
    void quit() {
        if (!process.isAlive()) {
            return;
        }
        try {
            Jcmd.run(List.of("kill", "-QUIT", Long.toString(pid())));
            process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void kill() {
        // found first: once their parent is gone, nobody knows whose they were
        processes().toList().forEach(ProcessHandle::destroyForcibly);
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                kill();
            }
            Files.deleteIfExists(log); // it may have been closed before
        } catch (InterruptedException e) {
            kill();
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot delete " + log, e);
        }
    }
}
