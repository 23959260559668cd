package io.heartline.quickstart.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The wall clock that processes see, by libfaketime (Debian's package of that name). What they measure by is not touched. */
final class FakeClock {

    private static final List<Path> LIBRARY_PATHS = List.of(
            Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1"),
            Path.of("/usr/lib64/faketime/libfaketime.so.1"),
            Path.of("/usr/lib/faketime/libfaketime.so.1"));

    private final Path file;

    /** Of the right time, until it is {@link #shift shifted}. */
    FakeClock(Path file) throws IOException {
        this.file = file.toAbsolutePath();
        shift(Duration.ZERO);
    }

    static boolean isThere() {
        return library().isPresent();
    }

    private static Optional<Path> library() {
        return LIBRARY_PATHS.stream().filter(Files::exists).findFirst();
    }

    /** What a process has to be started with. */
    Map<String, String> environment() {
        return Map.ofEntries(
                Map.entry("LD_PRELOAD", library().orElseThrow().toString()),
                Map.entry("FAKETIME_TIMESTAMP_FILE", file.toString()),
                Map.entry("FAKETIME_CACHE_DURATION", "1"), // seconds, until the file is looked at again
                Map.entry("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
                Map.entry("FAKETIME_FORCE_MONOTONIC_FIX", "0"), // or timed waits end at once, and a JVM's threads spin
                Map.entry("NO_FAKE_STAT", "1"));
    }

    void shift(Duration offset) throws IOException {
        // moved into place: half a line would be another time
        Path next = file.resolveSibling(file.getFileName() + ".next");
        Files.writeString(next, "%+d\n".formatted(offset.toSeconds()));
        Files.move(next, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
