package io.heartline.bench.server;

import io.heartline.bench.result.CannotMeasureException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Controls a JVM under test with the JDK's {@code jcmd}. */
public final class Jcmd {

    private static final String RECORDING = "name=bench";

    private Jcmd() {}

    /** Starts a Flight Recorder profile, which ends with {@link #dumpRecording}. */
    public static void startRecording(ServerProcess server) throws InterruptedException {
        run(server, "JFR.start", RECORDING, "settings=profile");
    }

    public static void dumpRecording(ServerProcess server, Path file) throws InterruptedException {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new CannotMeasureException("cannot create the folder of " + file, e);
        }
        run(server, "JFR.stop", RECORDING, "filename=" + file.toAbsolutePath());
    }

    /** Returns the output. */
    static String run(ServerProcess server, String... command) throws InterruptedException {
        List<String> words = new ArrayList<>();
        words.add(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString());
        words.add(Long.toString(server.pid()));
        words.addAll(List.of(command));
        return run(words);
    }

    static String run(List<String> command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CannotMeasureException(String.join(" ", command) + " failed: " + output);
            }
            return output;
        } catch (IOException e) {
            throw new CannotMeasureException("cannot run " + command.get(0), e);
        }
    }
}
