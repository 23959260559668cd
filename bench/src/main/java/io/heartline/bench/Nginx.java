package io.heartline.bench;

import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** How nginx is started: by our configuration, for a port, from a temporary folder that goes when this does. */
final class Nginx implements AutoCloseable {

    /** Where Debian has it, which is not on everybody's path. */
    private static final Path DEBIANS = Path.of("/usr/sbin/nginx");

    private final Path folder;
    private final Path configuration;

    /** @param template in which the port and the folder are left open */
    Nginx(Path template, int port) {
        try {
            folder = Files.createTempDirectory("heartline-bench");
            configuration = folder.resolve("nginx.conf");
            Files.writeString(configuration, fill(Files.readString(template), port, folder));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot configure nginx", e);
        }
    }

    static String fill(String template, int port, Path folder) {
        return template.replace("@PORT@", Integer.toString(port)).replace("@FOLDER@", folder.toString());
    }

    List<String> command() {
        String nginx = Files.isExecutable(DEBIANS) ? DEBIANS.toString() : "nginx";
        return List.of(nginx, "-c", configuration.toString());
    }

    /** Why it would not start, in its own words; empty if it would. */
    Optional<String> trouble() {
        try {
            List<String> command = new ArrayList<>(command());
            command.add("-t");
            Process test = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return test.waitFor() == 0 ? Optional.empty() : Optional.of(said.strip());
        } catch (IOException e) {
            return Optional.of(e.getMessage()); // not installed, or not on the path
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CannotMeasureException("interrupted", e);
        }
    }

    @Override
    public void close() {
        Folders.delete(folder);
    }
}
