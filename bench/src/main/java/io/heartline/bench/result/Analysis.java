package io.heartline.bench.result;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Evaluates rows of a table with {@code bench/analysis/analysis.py}. */
public final class Analysis {

    private final Path script;

    public Analysis(Path script) {
        this.script = script;
    }

    /**
     * Prints from which polling interval on push costs more than polling; nothing if too few ways and rates were measured.
     *
     * @param chart the SVG file to draw it in; null for none
     */
    public void printBreakEven(List<String> rows, Path chart) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("python3", script.toString(), "break-even", "-"));
        if (chart != null) {
            command.add("--chart=" + chart);
        }
        try {
            Process process = new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.INHERIT)
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            try (OutputStream in = process.getOutputStream()) {
                in.write(String.join("\n", rows).getBytes(StandardCharsets.UTF_8));
            }
            if (process.waitFor() != 0) {
                throw new CannotMeasureException(String.join(" ", command) + " failed");
            }
        } catch (IOException e) {
            Console.print("%nThe break-even is SKIPPED: %s", e.getMessage());
        }
    }
}
