package io.heartline.quickstart.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The wall clock of other processes, by libfaketime (Debian package {@code faketime}). Their monotonic clock is not changed. */
final class FakeClock {

    private static final List<Path> LIBRARY_PATHS = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/faketime/libfaketime.so.1"));

    private final Path file;

    /** Creates a clock with the right time, until it is {@link #shift shifted}. */
    FakeClock(Path file) throws IOException {
        this.file = file.toAbsolutePath();
        shift(Duration.ZERO);
    }

    static boolean isInstalled() {
        return library().isPresent();
    }

    private static Optional<Path> library() {
        return LIBRARY_PATHS.stream().filter(Files::exists).findFirst();
    }

    /** Returns the environment variables of a process with this clock. */
    Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("LD_PRELOAD", library().orElseThrow().toString()),
                Map.entry("FAKETIME_TIMESTAMP_FILE", file.toString()),
                Map.entry("FAKETIME_CACHE_DURATION", "1"), // seconds until the file is read again
                Map.entry("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                Map.entry(
                        "FAKETIME_FORCE_MONOTONIC_FIX", "0"), // otherwise timed waits end immediately, and threads spin
                Map.entry("NO_FAKE_STAT", "1"));
    }

    void shift(Duration offset) throws IOException {
        // replaces the file atomically, because a part of the line would be another time
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, "%+d\n".formatted(offset.toSeconds()));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
