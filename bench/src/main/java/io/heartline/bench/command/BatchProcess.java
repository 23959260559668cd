package io.heartline.bench.command;

import io.heartline.bench.model.ReportFigures;
import io.heartline.bench.peer.BatchPeer;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.Proc;
import io.heartline.bench.server.ServerProcess;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that reads a backlog on request. */
final class BatchProcess implements AutoCloseable {

    private static final Pattern ID = Pattern.compile("\"id\" *: *\"([^\"]+)\"");
    private static final Pattern STATUS = Pattern.compile("\"status\" *: *\"(\\w+)\"");
    private static final Duration POLL_INTERVAL = Duration.ofMillis(100);
    private static final Duration RUN_TIMEOUT = Duration.ofHours(12);

    /** A program that reads a backlog of likes. */
    enum BatchTarget {
        /** The report batch. */
        heartline,
        /** {@code BatchPeer}, which only polls and parses: the upper bound. */
        consumer
    }

    private final BatchTarget target;
    final ServerProcess server;

    BatchProcess(BatchTarget target, ServerProcess server) {
        this.target = target;
        this.server = server;
    }

    /**
     * The cost of processing the backlog.
     *
     * @param cpuSeconds CPU of the process
     * @param backendSeconds CPU of the bench's process meanwhile, which contains Kafka and MongoDB
     */
    record Effort(double cpuSeconds, double wallSeconds, double backendSeconds) {}

    /** Processes everything that is in the topic, and returns when that is done. */
    Effort run() {
        double before = server.cpuSeconds();
        double backends = Proc.ownCpuSeconds();
        long start = System.nanoTime();
        if (target == BatchTarget.heartline) {
            awaitRun();
        } else {
            server.post(BatchPeer.RUN, RUN_TIMEOUT);
        }
        double wall = (System.nanoTime() - start) / 1e9;
        return new Effort(server.cpuSeconds() - before, wall, Proc.ownCpuSeconds() - backends);
    }

    private void awaitRun() {
        String run = "/v1/runs/" + find(ID, server.post("/v1/runs", Duration.ofSeconds(30)));
        String view = server.get(run);
        for (String status = find(STATUS, view); !status.equals("done"); status = find(STATUS, view)) {
            if (!status.equals("running")) {
                throw new CannotMeasureException("the run has failed: " + view);
            }
            LockSupport.parkNanos(POLL_INTERVAL.toNanos());
            view = server.get(run);
        }
    }

    private static String find(Pattern pattern, String json) {
        Matcher found = pattern.matcher(json);
        if (!found.find()) {
            throw new CannotMeasureException("no " + pattern + " in " + json);
        }
        return found.group(1);
    }

    /** @throws CannotMeasureException if the process has counted other figures than expected */
    void requireFigures(ReportFigures expected, Database database) {
        if (target == BatchTarget.heartline) {
            database.requireFigures(expected);
            return;
        }
        String counted = server.get(BatchPeer.FIGURES);
        String records = expected.get("liked") + " " + expected.get("unliked");
        if (!counted.equals(records)) {
            throw new CannotMeasureException("consumer has counted " + counted + ", and it should be " + records);
        }
    }

    @Override
    public void close() {
        server.close();
    }
}
