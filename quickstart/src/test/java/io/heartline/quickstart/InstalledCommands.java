package io.heartline.quickstart;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds commands that a test needs, and that may not be installed. */
final class InstalledCommands {

    private InstalledCommands() {}

    /** Returns whether a missing command fails a test. Otherwise a test without its command is skipped. */
    static boolean isRequired() {
        return System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null;
    }

    /** Returns the first command of these names that is installed. */
    static Optional<File> find(String... names) {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toFile)
                .findFirst();
    }
}
