package io.heartline.gateway;

import static java.util.stream.Collectors.joining;

import java.io.IOException;
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
public final class GatewayProcess extends GatewayClient implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("started on port (\\d+)");

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

    /** Returns metrics of the gateway and the stacks of its threads, for the output of a failed test. */
    String state() throws Exception {
        String metrics = get("/actuator/prometheus")
                .body()
                .lines()
                .filter(line -> line.startsWith("heartline_"))
                .collect(joining("\n"));
        signal("QUIT");
        Awaitility.await().until(() -> log().contains("Full thread dump"));
        return "port " + port + '\n' + metrics + '\n' + log();
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
