package io.heartline.bench;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One way: a server of its own, who reads from it, and what both came to between the last two marks. */
final class Lane implements AutoCloseable {

    private static final Duration ASKING = Duration.ofSeconds(30);

    private final Way way;
    private final ServerProcess server;
    private final Readers readers;
    private final int clients;
    private final ScheduledExecutorService runs = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "runs");
        thread.setDaemon(true);
        return thread;
    });
    private Told.Sums before;
    private Told.Sums after;
    private double cpuBefore;
    private double cpuAfter;

    private Lane(Way way, ServerProcess server, Readers readers, int clients) {
        this.way = way;
        this.server = server;
        this.readers = readers;
        this.clients = clients;
    }

    /**
     * Returns once everybody is connected, or has asked for the first time.
     *
     * @param database of reports; null if there are none
     */
    static Lane start(Way way, Servers servers, String topic, Database database, int clients, int authors, Dues dues)
            throws InterruptedException {
        boolean report = way.kind() == Way.Kind.REPORT;
        ServerProcess server = report ? servers.startReports(topic, database) : servers.startGateway(topic);
        try {
            Readers readers = Readers.connect(way, server.uri("http", "/"), clients, authors, dues);
            Lane lane = new Lane(way, server, readers, clients);
            if (report) {
                lane.runs.scheduleAtFixedRate(lane::run, 0, way.every(), TimeUnit.SECONDS);
            }
            return lane;
        } catch (InterruptedException | CannotMeasureException e) {
            server.close();
            throw e;
        }
    }

    private void run() {
        try {
            server.post("/v1/runs", ASKING);
        } catch (CannotMeasureException e) {
            readers.fail(e); // a task that throws is not called again, and nobody would hear why
        }
    }

    /** The last mark is the end of what is measured, the one before it the beginning. */
    void mark() {
        before = after;
        cpuBefore = cpuAfter;
        after = readers.told.sums();
        cpuAfter = server.cpuSeconds();
    }

    Told.Sums sums() {
        return after.minus(before);
    }

    double cpuSeconds() {
        return cpuAfter - cpuBefore;
    }

    Way way() {
        return way;
    }

    Told told() {
        return readers.told;
    }

    Readers readers() {
        return readers;
    }

    int clients() {
        return clients;
    }

    @Override
    public void close() {
        runs.shutdownNow();
        readers.close();
        server.close();
    }
}
