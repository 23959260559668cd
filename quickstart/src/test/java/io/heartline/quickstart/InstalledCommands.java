package io.heartline.quickstart;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Commands that a test needs and a machine may not have. */
final class InstalledCommands {

    private InstalledCommands() {}

    /** Where they have to be there, that one is not is a failure, and no reason to skip a test. */
    static boolean isRequired() {
        return System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null;
    }

    /** The first of these names that is found. */
    static Optional<File> find(String... names) {
        return Stream.of(System.getenv("PATH").split(Pattern.quote(File.pathSeparator)))
                .flatMap(folder -> Stream.of(names).map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .map(Path::toFile)
                .findFirst();
    }
}
