package io.heartline.producer;

import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;

/** The service in its own JVM, which can have little memory and can receive a SIGTERM. */
public final class ProducerProcess implements AutoCloseable {

    private static final Pattern STARTED = Pattern.compile("started on port (\\d+)");
    private static final Pattern PEAK = Pattern.compile("VmHWM:\\s+(\\d+) kB");
    private static final Pattern LIVE = Pattern.compile("(?m)^Total +\\d+ +(\\d+)$");

    /** The port of the service, on loopback. */
    public final int port;

    private final Path log = Files.createTempFile("producer", ".log");
    private final Process process;

    /**
     * Starts the service and waits until it listens, at most 60 s.
     *
     * @param heap maximum heap size, for example {@code 64m}
     * @param topic name of the topic
     * @throws IOException if the service does not start
     */
    public ProducerProcess(String heap, String topic) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:MarkSweepAlwaysCompactCount=1", // or a full collection may leave garbage
                "-Xmx" + heap,
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                EventProducerApplication.class.getName(),
                "--server.port=0",
                "--logging.level.org.springframework.boot.reactor.netty=info",
                "--spring.kafka.bootstrap-servers=" + Backends.bootstrapServers(),
                "--heartline.producer.topic.name=" + topic,
                "--heartline.producer.topic.partitions=" + RunningProducer.PARTITIONS));
        process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        Awaitility.await()
                .atMost(Duration.ofSeconds(60))
                .until(() -> !process.isAlive() || STARTED.matcher(log()).find());
        Matcher started = STARTED.matcher(log());
        if (!started.find()) {
            throw new IOException("the producer did not start: " + log());
        }
        port = Integer.parseInt(started.group(1));
    }

    String log() throws IOException {
        return Files.readString(log);
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /**
     * Returns the maximum resident memory since the start of the process.
     *
     * @return memory in MB; 0 if the operating system does not report it
     * @throws IOException if the report of the operating system cannot be read
     */
    public long peakMegabytes() throws IOException {
        Path status = Path.of("/proc", Long.toString(process.pid()), "status");
        if (!Files.exists(status)) {
            return 0;
        }
        Matcher peak = PEAK.matcher(Files.readString(status));
        return peak.find() ? Long.parseLong(peak.group(1)) / 1024 : 0;
    }

    /**
     * Collects garbage, and returns the size of the objects that are left.
     *
     * @return bytes
     * @throws IOException if the JDK's {@code jcmd} cannot be run, or its output has no total
     */
    public long liveHeapBytes() throws IOException {
        Process jcmd = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                        Long.toString(process.pid()),
                        "GC.class_histogram")
                .redirectErrorStream(true)
                .start();
        String output = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        Matcher total = LIVE.matcher(output);
        if (!total.find()) {
            throw new IOException("jcmd printed no total: " + output);
        }
        return Long.parseLong(total.group(1));
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /**
     * Waits for the end of the process.
     *
     * @param timeout maximum time to wait
     * @return false after the timeout
     * @throws InterruptedException if the thread is interrupted
     */
    public boolean hasExitedWithin(Duration timeout) throws InterruptedException {
        return process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public void close() throws IOException {
        try {
            process.destroyForcibly().waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        Files.delete(log);
    }
}
