package io.heartline.bench;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** One way: a server of its own, who reads from it, and what both came to between the last two marks. */
final class Lane implements AutoCloseable {

    private static final Duration ASKING = Duration.ofMinutes(2);

    private final Way way;
    private final ServerProcess server;
    private final int clients;
    private final ScheduledExecutorService runs = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "runs");
        thread.setDaemon(true);
        return thread;
    });
    private Readers readers;
    private Told.Sums before;
    private Told.Sums after;
    private double cpuBefore;
    private double cpuAfter;

    private Lane(Way way, ServerProcess server, int clients) {
        this.way = way;
        this.server = server;
        this.clients = clients;
    }

    /** The server, whose readers are yet to {@link #connect}: they would slow the start of the others down. */
    static Lane start(Way way, Servers servers, String topic, Database database, int clients) {
        return new Lane(
                way,
                way.kind() == Way.Kind.REPORT ? servers.startReports(topic, database) : servers.startGateway(topic),
                clients);
    }

    /** Returns once everybody is connected, or has asked for the first time. */
    void connect(int authors, Dues dues) throws InterruptedException {
        readers = Readers.connect(way, server.uri("http", "/"), clients, authors, dues);
        if (way.kind() == Way.Kind.REPORT) {
            runs.scheduleAtFixedRate(this::run, 0, way.every(), TimeUnit.SECONDS);
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
        if (readers != null) {
            readers.close();
        }
        server.close();
    }
}
