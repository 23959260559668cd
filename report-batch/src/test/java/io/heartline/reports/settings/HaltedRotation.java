package io.heartline.reports.settings;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import com.mongodb.event.CommandSucceededEvent;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.worker.TestApplication;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Base64;
import java.util.List;

/** Accepts a secret in a JVM that halts immediately before or after the write, as with {@code kill -9}. */
final class HaltedRotation implements CommandListener {

    static final byte[] SECRET = "the secret of another JVM".getBytes(StandardCharsets.US_ASCII);
    static final KeyedHash HASH = new KeyedHash(SECRET);
    static final int HALTED = 137;

    private final boolean isBeforeTheWrite;

    private HaltedRotation(boolean isBeforeTheWrite) {
        this.isBeforeTheWrite = isBeforeTheWrite;
    }

    /** Runs the JVM until it ends, and returns its exit code. */
    static int run(String database, boolean isBeforeTheWrite) throws Exception {
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Xmx256m",
                "-cp",
                System.getProperty("java.class.path"),
                HaltedRotation.class.getName(),
                database,
                Boolean.toString(isBeforeTheWrite));
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    public static void main(String[] arguments) {
        TestApplication.start(
                        new HaltedRotation(Boolean.parseBoolean(arguments[1])),
                        arguments[0],
                        "spring.main.web-application-type=none",
                        "heartline.reports.schedule=-",
                        "heartline.reports.hash-secret=" + Base64.getEncoder().encodeToString(SECRET))
                .getBean(HashSecretRotation.class)
                .rotate();
    }

    /** The acceptance sends the only update of this JVM. */
    @Override
    public void commandStarted(CommandStartedEvent event) {
        if (isBeforeTheWrite && event.getCommandName().equals("update")) {
            Runtime.getRuntime().halt(HALTED);
        }
    }

    @Override
    public void commandSucceeded(CommandSucceededEvent event) {
        if (!isBeforeTheWrite && event.getCommandName().equals("update")) {
            Runtime.getRuntime().halt(HALTED);
        }
    }
}
