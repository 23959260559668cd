package io.heartline.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/**
 * What a server takes of memory once it has come to rest and its garbage is collected.
 *
 * @param liveBytes of its heap; empty where the runtime does not tell
 * @param kernelBytes all that the kernel keeps: sockets and their buffers, the clients' as well, and whatever else this
 *     machine is doing
 */
record Footprint(long residentBytes, OptionalLong liveBytes, long kernelBytes) {

    static Footprint of(Target target, ServerProcess server) throws InterruptedException {
        Settling.await("resident memory", server::residentBytes);
        OptionalLong live = Garbage.collect(target, server);
        return new Footprint(
                Settling.await("resident memory after a collection", server::residentBytes), live, kernel());
    }

    private static long kernel() {
        try {
            return Proc.slabBytes(Files.readString(Path.of("/proc/meminfo")))
                    + Proc.tcpBytes(Files.readString(Path.of("/proc/net/sockstat")));
        } catch (IOException e) {
            throw new CannotMeasureException("cannot read what the kernel takes", e);
        }
    }
}
