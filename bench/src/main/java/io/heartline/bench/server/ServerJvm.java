package io.heartline.bench.server;

import io.heartline.bench.result.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** The JVM of the servers under test: its JDK, and options in addition to those of the command. */
public final class ServerJvm {

    @Option(
            names = "--java",
            paramLabel = "HOME",
            converter = JavaHome.class,
            description = "Folder of the JDK that runs the servers under test. Default: the JDK of the bench.")
    private Path home;

    @Option(
            names = "--server-options",
            paramLabel = "OPTIONS",
            description = "Further JVM options of the servers under test, separated by spaces.")
    private String options;

    /** Returns the command that starts a JVM with a measurement's options, without its main class. */
    public List<String> command(List<String> measured) {
        List<String> command = new ArrayList<>();
        command.add(home().resolve("bin/java").toString());
        command.addAll(all(measured));
        return command;
    }

    /** Returns all JVM options as text and, if a JDK was chosen, its version. */
    public String describe(List<String> measured) {
        String all = String.join(" ", all(measured));
        return home == null ? all : Console.format("%s on JDK %s", all, version(home));
    }

    private List<String> all(List<String> measured) {
        Stream<String> further =
                options == null ? Stream.empty() : Stream.of(options.strip().split("\\s+"));
        return Stream.concat(measured.stream(), further.filter(option -> !option.isEmpty()))
                .toList();
    }

    private Path home() {
        return home == null ? Path.of(System.getProperty("java.home")) : home;
    }

    /** Returns the version from the file {@code release}, which each JDK has; the folder if it does not. */
    private static String version(Path home) {
        try (Stream<String> lines = Files.lines(home.resolve("release"))) {
            return lines.filter(line -> line.startsWith("JAVA_VERSION="))
                    .map(line -> line.substring(line.indexOf('=') + 1).replace("\"", ""))
                    .findAny()
                    .orElse(home.toString());
        } catch (IOException e) {
            return home.toString();
        }
    }

    /** Converts the value of an option for the folder of a JDK. */
    static final class JavaHome implements ITypeConverter<Path> {

        @Override
        public Path convert(String value) {
            Path home = Path.of(value);
            if (!Files.isExecutable(home.resolve("bin/java"))) {
                throw new TypeConversionException(
                        "must be the folder of a JDK, with bin/java, but was '" + value + "'");
            }
            return home;
        }
    }
}
