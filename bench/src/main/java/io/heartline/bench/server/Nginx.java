package io.heartline.bench.server;

import io.heartline.bench.result.CannotMeasureException;
import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A configuration of nginx for one port, in a temporary folder that is deleted on close. */
final class Nginx implements AutoCloseable {

    /** Debian's path, which is not on every user's PATH. */
    private static final Path DEBIAN_NGINX = Path.of("/usr/sbin/nginx");

    private final Path folder;
    private final Path configuration;

    /** @param template with placeholders for the port and the folder */
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
        String nginx = Files.isExecutable(DEBIAN_NGINX) ? DEBIAN_NGINX.toString() : "nginx";
        return List.of(nginx, "-c", configuration.toString());
    }

    /** Returns nginx's error message for this configuration; empty if it is valid. */
    Optional<String> failure() {
        try {
            List<String> command = new ArrayList<>(command());
            command.add("-t");
            Process test = new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(test.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return test.waitFor() == 0 ? Optional.empty() : Optional.of(output.strip());
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
