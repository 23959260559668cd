package io.heartline.bench.server;

import io.heartline.bench.model.Target;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;

/**
 * The memory of a server once it is stable and its garbage is collected.
 *
 * @param heap its reachable objects; empty if the runtime does not report them
 * @param kernelBytes of the whole kernel: sockets and their buffers, including the clients' and those of other processes
 */
public record Footprint(long residentBytes, Optional<ClassHistogram> heap, long kernelBytes) {

    private static final double KILOBYTE = 1 << 10;

    /**
     * Growth for each client, in KB of 1024 bytes.
     *
     * @param liveKilobytes null if the runtime does not report it
     */
    public record PerClient(double residentKilobytes, Double liveKilobytes, double kernelKilobytes) {}

    public static Footprint of(Target target, ServerProcess server) throws InterruptedException {
        Stabilisation.await("resident memory", server::residentBytes);
        Optional<ClassHistogram> heap = collectGarbage(target, server);
        return new Footprint(
                Stabilisation.await("resident memory after a collection", server::residentBytes), heap, kernel());
    }

    /** Returns the growth since an earlier footprint, divided among a number of clients. */
    public PerClient growth(Footprint before, int clients) {
        return new PerClient(
                (residentBytes - before.residentBytes) / KILOBYTE / clients,
                heap.map(own -> (own.bytes() - before.heap.orElseThrow().bytes()) / KILOBYTE / clients)
                        .orElse(null),
                (kernelBytes - before.kernelBytes) / KILOBYTE / clients);
    }

    /**
     * Prints to standard error the classes whose objects have grown most since an earlier footprint, per client.
     *
     * @param limit the maximum number of classes; 0 prints nothing
     */
    public void printClasses(Footprint before, int clients, int limit) {
        heap.ifPresent(own -> own.growth(before.heap.orElseThrow(), clients, limit)
                .forEach(line -> Console.progress("a client takes %s", line)));
    }

    /** Collects the garbage of a server, and returns the remaining objects if the runtime reports them. */
    private static Optional<ClassHistogram> collectGarbage(Target target, ServerProcess server)
            throws InterruptedException {
        if (target == Target.node) {
            Jcmd.run(List.of("kill", "-USR2", Long.toString(server.pid()))); // handled by peers/node/server.js
            return Optional.empty();
        }
        if (target == Target.nchan) {
            return Optional.empty(); // without a garbage collector
        }
        return Optional.of(histogram(server));
    }

    /** Collects the garbage of a JVM, and returns the bytes of the remaining objects. */
    public static long liveBytes(ServerProcess server) throws InterruptedException {
        return histogram(server).bytes();
    }

    private static ClassHistogram histogram(ServerProcess server) throws InterruptedException {
        Jcmd.run(server, "GC.run");
        // collects again, and counts objects instead of the heap regions that contain them
        return new ClassHistogram(Jcmd.run(server, "GC.class_histogram"));
    }

    private static long kernel() {
        try {
            return Proc.slabBytes(Files.readString(Path.of("/proc/meminfo")))
                    + Proc.tcpBytes(Files.readString(Path.of("/proc/net/sockstat")));
        } catch (IOException e) {
            throw new CannotMeasureException("cannot read the memory of the kernel", e);
        }
    }

    /** Waits until a figure is stable: the last five readings are within one percent of each other. */
    static final class Stabilisation {

        private static final int READINGS = 5;
        private static final double TOLERANCE = 0.01;
        private static final Duration INTERVAL = Duration.ofMillis(500);
        private static final Duration TIMEOUT = Duration.ofSeconds(60);

        private final Deque<Long> latest = new ArrayDeque<>();

        /** Returns the stable figure, or the last reading after a minute. */
        static long await(String what, LongSupplier figure) {
            Stabilisation readings = new Stabilisation();
            long start = System.nanoTime();
            long now = figure.getAsLong();
            while (!readings.isStable(now)) {
                if (System.nanoTime() - start > TIMEOUT.toNanos()) {
                    Console.progress("%s is not stable after %d s", what, TIMEOUT.toSeconds());
                    break;
                }
                LockSupport.parkNanos(INTERVAL.toNanos());
                now = figure.getAsLong();
            }
            return now;
        }

        /** Adds a reading, and returns whether the figure is stable. */
        boolean isStable(long reading) {
            latest.add(reading);
            if (latest.size() > READINGS) {
                latest.remove();
            }
            long least = Collections.min(latest);
            return latest.size() == READINGS && Collections.max(latest) - least <= least * TOLERANCE;
        }
    }
}
