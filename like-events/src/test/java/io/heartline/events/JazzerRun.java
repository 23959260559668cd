package io.heartline.events;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Jazzer in a process of its own, on one target, for {@code fuzz.seconds}: coverage guided, so that it finds what random
 * input does not. What it has learnt stays in {@code target/fuzz/<target>/corpus} until the next {@code clean}.
 */
final class JazzerRun {

    private static final long PROGRESS_NANOS = 10_000_000_000L;
    private static final int LINES_OF_A_FINDING = 15;

    private final String target;
    private final String name;
    private final Path seeds;
    private final Path folder;
    private final List<String> finding = new ArrayList<>();
    private long lastReport = System.nanoTime() - PROGRESS_NANOS;
    private String lastStatus = "";

    JazzerRun(String target, Path seeds) {
        this.target = target;
        this.name = target.substring(target.lastIndexOf('.') + 1);
        this.seeds = seeds;
        this.folder = Path.of("target", "fuzz", name);
    }

    /** Empty if there was none; else what it was, which input brings it about, and what to do with that. */
    String finding() throws IOException, InterruptedException {
        Files.createDirectories(folder.resolve("corpus"));
        Process jazzer = new ProcessBuilder(command()).redirectErrorStream(true).start();
        try (BufferedReader output = jazzer.inputReader(StandardCharsets.UTF_8);
                PrintStream log = new PrintStream(folder.resolve("log").toFile(), StandardCharsets.UTF_8)) {
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                log.println(line);
                read(line);
            }
        } finally {
            jazzer.destroy(); // does nothing if the process has ended
        }
        int status = jazzer.waitFor();
        System.out.println(name + " " + lastStatus);
        return status == 0 ? "" : describe(status);
    }

    private List<String> command() {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-XX:+EnableDynamicAgentLoading", // Jazzer brings its own
                "-cp",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + target,
                // Instrumenting all classes would make the start a minute longer. Coverage matters for this project's
                // classes and for its parsers.
                "--instrumentation_includes=io.heartline.**:tools.jackson.core.json.**:graphql.parser.**",
                "--custom_hook_includes=io.heartline.**",
                "--reproducer_path=" + folder,
                "-artifact_prefix=" + folder + '/',
                "-max_total_time=" + System.getProperty("fuzz.seconds"),
                "-timeout=120", // seconds, for one input: the first has all classes loaded, be the machine ever so busy
                "-rss_limit_mb=4096",
                "-use_value_profile=1"));
        Path dictionary = seeds.resolveSibling(name + ".dict");
        if (Files.exists(dictionary)) {
            command.add("-dict=" + dictionary);
        }
        command.add(folder.resolve("corpus").toString());
        command.add(seeds.toString());
        return command;
    }

    private void read(String line) {
        if (line.startsWith("== ") || line.startsWith("==") && line.contains("ERROR")) {
            finding.add(line);
        } else if (!finding.isEmpty() && finding.size() < LINES_OF_A_FINDING) {
            finding.add(line);
        } else if (line.matches("#[0-9].*")) {
            lastStatus = line.replaceFirst(" L: .*", "");
            if (System.nanoTime() - lastReport > PROGRESS_NANOS) {
                lastReport = System.nanoTime();
                System.out.println(name + " " + lastStatus);
            }
        } else if (line.contains("Could not find or load main class")) {
            finding.add("Jazzer is there with -Pfuzz only");
        }
    }

    private String describe(int status) {
        return "%s ended with %d: %s%nThe input is a file in %s, named crash-, timeout- or oom-. To replay it, put it into %s, and run the module's tests. The whole output is in %s"
                .formatted(
                        name,
                        status,
                        String.join(System.lineSeparator(), finding),
                        folder.toAbsolutePath(),
                        seeds,
                        folder.resolve("log"));
    }
}
