package io.heartline.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Tells a JVM under test what to do, by the JDK's {@code jcmd}. */
final class Jcmd {

    private static final String RECORDING = "name=bench";

    private Jcmd() {}

    /** Samples where its time goes, until it is {@link #dumpRecording dumped}. */
    static void startRecording(ServerProcess server) throws InterruptedException {
        run(server, "JFR.start", RECORDING, "settings=profile");
    }

    static void dumpRecording(ServerProcess server, Path file) throws InterruptedException {
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
        } catch (IOException e) {
            throw new CannotMeasureException("cannot create the folder of " + file, e);
        }
        run(server, "JFR.stop", RECORDING, "filename=" + file.toAbsolutePath());
    }

    /** What it said. */
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
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new CannotMeasureException(String.join(" ", command) + " failed: " + said);
            }
            return said;
        } catch (IOException e) {
            throw new CannotMeasureException("cannot run " + command.get(0), e);
        }
    }
}
