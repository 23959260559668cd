package io.heartline.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;

/** Has a server under test collect its garbage, so that what is left is what it needs. */
final class Garbage {

    private Garbage() {}

    /** Returns the bytes of all objects that are left, where the runtime tells. */
    static OptionalLong collect(Target target, ServerProcess server) throws InterruptedException {
        String pid = Long.toString(server.pid());
        if (target == Target.node) {
            run(List.of("kill", "-USR2", pid)); // as peers/node/server.js understands it
            return OptionalLong.empty();
        }
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        run(List.of(jcmd, pid, "GC.run"));
        // collects once more, and counts objects rather than the regions of the heap they stand in
        return OptionalLong.of(liveBytes(run(List.of(jcmd, pid, "GC.class_histogram"))));
    }

    /** From the last line of {@code jcmd GC.class_histogram}: {@code Total <objects> <bytes>}. */
    static long liveBytes(String histogram) {
        return histogram
                .lines()
                .filter(line -> line.startsWith("Total"))
                .mapToLong(line -> Long.parseLong(line.trim().split("\\s+")[2]))
                .findAny()
                .orElseThrow(() -> new IllegalArgumentException("no total in " + histogram));
    }

    private static String run(List<String> command) throws InterruptedException {
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
