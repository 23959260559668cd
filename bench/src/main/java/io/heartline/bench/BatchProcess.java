package io.heartline.bench;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Something in a process of its own that works a backlog off when it is told to. */
final class BatchProcess implements AutoCloseable {

    private static final Pattern ID = Pattern.compile("\"id\" *: *\"([^\"]+)\"");
    private static final Pattern STATUS = Pattern.compile("\"status\" *: *\"(\\w+)\"");
    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration ALL_DAY = Duration.ofHours(12);

    private final BatchTarget target;
    private final ServerProcess server;

    BatchProcess(BatchTarget target, ServerProcess server) {
        this.target = target;
        this.server = server;
    }

    /**
     * What it took to work off what was there when it was told to.
     *
     * @param cpuSeconds of its process
     * @param backendSeconds CPU of this process meanwhile, where Kafka and MongoDB are
     */
    record Effort(double cpuSeconds, double wallSeconds, double backendSeconds) {}

    /** Returns when everything that was in the topic is worked off. */
    Effort run() {
        double before = server.cpuSeconds();
        double backends = Proc.ownCpuSeconds();
        long start = System.nanoTime();
        if (target == BatchTarget.heartline) {
            awaitRun();
        } else {
            server.post(BatchPeer.RUN, ALL_DAY);
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
            LockSupport.parkNanos(LOOK.toNanos());
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

    /** @throws CannotMeasureException if it has counted anything else */
    void requireFigures(Figures expected, Database database) {
        switch (target) {
            case heartline -> database.requireFigures(expected);
            case consumer ->
                counted()
                        .requireEqual(
                                "consumer",
                                Figures.of(expected.liked(), expected.unliked(), 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0),
                                0);
            case streams -> counted().requireEqual("streams", expected, 0);
        }
    }

    private Figures counted() {
        return Figures.parse(server.get(BatchPeer.FIGURES));
    }

    ServerProcess server() {
        return server;
    }

    @Override
    public void close() {
        server.close();
    }
}
