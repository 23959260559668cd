package io.heartline.producer.kafka;

import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A broker in its own JVM, which can be killed and started again with its data. */
final class KafkaProcess implements AutoCloseable {

    private static final String STARTED_LINE = "started";

    private final Path folder;
    private final int[] ports = FreePorts.find(2);
    private Process process;

    KafkaProcess(Path folder) throws IOException {
        this.folder = folder;
        start();
    }

    /** Returns when the broker accepts requests. */
    void start() throws IOException {
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-XX:+UseSerialGC",
                        "-Xmx256m",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KafkaProcess.class.getName(),
                        folder.toString(),
                        Integer.toString(ports[0]),
                        Integer.toString(ports[1]))
                .redirectErrorStream(true)
                .start();
        BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        String line = output.readLine();
        while (line != null && !line.equals(STARTED_LINE)) {
            line = output.readLine();
        }
        if (line == null) {
            throw new IOException("the broker did not start");
        }
    }

    String bootstrapServers() {
        return "127.0.0.1:" + ports[0];
    }

    /** Sends SIGKILL, so the broker loses everything that it has not written. */
    void kill() {
        try {
            process.destroyForcibly().waitFor(); // onExit() is not used, because it needs the common pool
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        kill();
    }

    /** Runs until its standard input is closed. */
    public static void main(String[] args) throws IOException {
        InProcessKafka.start(Path.of(args[0]), Integer.parseInt(args[1]), Integer.parseInt(args[2]));
        System.out.println(STARTED_LINE);
        while (System.in.read() >= 0) {
            continue;
        }
        Runtime.getRuntime().halt(0);
    }
}
