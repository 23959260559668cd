package io.heartline.bench.command;

import io.heartline.bench.client.DeliveryCounters;
import io.heartline.bench.client.Readers;
import io.heartline.bench.load.LikesWriter;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.Footprint;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** A read method under load: its server, its clients, and what both took during the measured period. */
final class MethodRun implements AutoCloseable {

    private static final Duration BATCH_RUN_TIMEOUT = Duration.ofMinutes(2);

    final ReadMethod method;
    final int clients;
    private final ServerProcess server;
    private final ScheduledExecutorService batchRuns = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "batch-runs");
        thread.setDaemon(true);
        return thread;
    });
    Readers readers;
    private DeliveryCounters.Sums before;
    private DeliveryCounters.Sums after;
    private double cpuBefore;
    private double cpuAfter;

    private MethodRun(ReadMethod method, ServerProcess server, int clients) {
        this.method = method;
        this.server = server;
        this.clients = clients;
    }

    /** Starts the server. Its clients {@link #connect} later, because they would slow down the start of other servers. */
    static MethodRun start(ReadMethod method, Servers servers, String topic, Database database, int clients) {
        ServerProcess server =
                method.isOfReports() ? servers.startReports(topic, database) : servers.startGateway(topic);
        return new MethodRun(method, server, clients);
    }

    /** Returns once each client is connected or has received its first answer. */
    void connect(int authors, DueTimes dues) throws InterruptedException {
        readers = Readers.connect(method, server.uri("http", "/"), clients, authors, dues);
        if (method.kind() == ReadMethod.Kind.REPORT) {
            batchRuns.scheduleAtFixedRate(this::runBatch, 0, method.every(), TimeUnit.SECONDS);
        }
    }

    private void runBatch() {
        try {
            server.post("/v1/runs", BATCH_RUN_TIMEOUT);
        } catch (CannotMeasureException e) {
            readers.fail(e); // the executor would drop an exception and the later runs silently
        }
    }

    /** Sends the likes of a period, and measures all runs from its start to its end. */
    static void measure(List<MethodRun> runs, LikesWriter likes, LikesWriter.Period period) {
        runs.forEach(run -> run.counters().measure(period.from, period.to));
        likes.send(period, period.from);
        runs.forEach(MethodRun::read);
        likes.send(period, period.to);
        runs.forEach(MethodRun::read);
    }

    /** Reads all counters. The last two readings delimit the measured period. */
    private void read() {
        before = after;
        cpuBefore = cpuAfter;
        after = counters().sums();
        cpuAfter = server.cpuSeconds();
    }

    /** Returns what the clients received during the measured period. */
    DeliveryCounters.Sums sums() {
        return after.minus(before);
    }

    /** Returns the CPU of the server during the measured period. */
    double cpuSeconds() {
        return cpuAfter - cpuBefore;
    }

    /** Returns how many likes due in the measured period were delivered. */
    long delivered() {
        return counters().delay.getTotalCount();
    }

    /** Collects the garbage of the server, and returns the bytes of the remaining objects. */
    long liveBytes() throws InterruptedException {
        return Footprint.liveBytes(server);
    }

    long residentBytes() {
        return server.residentBytes();
    }

    DeliveryCounters counters() {
        return readers.counters;
    }

    @Override
    public void close() {
        batchRuns.shutdownNow();
        if (readers != null) {
            readers.close();
        }
        server.close();
    }
}
