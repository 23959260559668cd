package io.heartline.bench;

import java.util.List;
import java.util.OptionalLong;

/** Has a server under test collect its garbage, so that what is left is what it needs. */
final class Garbage {

    private Garbage() {}

    /** Returns the bytes of all objects that are left, where the runtime tells. */
    static OptionalLong collect(Target target, ServerProcess server) throws InterruptedException {
        if (target == Target.node) {
            Jcmd.run(List.of("kill", "-USR2", Long.toString(server.pid()))); // as peers/node/server.js understands it
            return OptionalLong.empty();
        }
        if (target == Target.nchan) {
            return OptionalLong.empty(); // has none
        }
        Jcmd.run(server, "GC.run");
        // collects once more, and counts objects rather than the regions of the heap they stand in
        return OptionalLong.of(liveBytes(Jcmd.run(server, "GC.class_histogram")));
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
}
