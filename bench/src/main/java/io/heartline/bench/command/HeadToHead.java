package io.heartline.bench.command;

import io.heartline.bench.client.Connections;
import io.heartline.bench.client.DeliveryCounters;
import io.heartline.bench.load.LikesWriter;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.model.WholeNumber.NotNegative;
import io.heartline.bench.result.Analysis;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.Servers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the delay and the cost of each read method, all concurrently with the same likes. */
@Command(
        name = "head-to-head",
        description =
                "Push against pull: the same likes by each read method, concurrently; how late each is, and at what price.")
public final class HeadToHead extends Measurement {

    private static final double KILOBYTE = 1e3;
    private static final int HOUR = 3600;
    private static final int MARGIN_SECONDS = 5;
    private static final int FILES_OF_BACKENDS = 500; // of the topic, and of connections to Kafka and the database
    private static final Duration STRAGGLER_INTERVAL = Duration.ofMillis(100);

    @Option(
            names = "--ways",
            split = ",",
            defaultValue = "nobody,websocket,sse,long-poll,poll-1,poll-5,poll-15,poll-60,report-30",
            description =
                    "One or more of `nobody`, websocket, sse, long-poll, poll-<seconds>, report-<seconds> and"
                            + " live-report-<seconds>. `nobody` is a gateway without clients, whose CPU is subtracted from that of the others.")
    private List<ReadMethod> methods;

    @Option(names = "--clients", defaultValue = "3000", description = "Clients of websocket, and of sse.")
    private int clients;

    @Option(names = "--long-polls", defaultValue = "1000", description = "Clients of long-poll.")
    private int longPolls;

    @Option(names = "--requests", defaultValue = "100", description = "A second, of all clients of a poll or report.")
    private int requests;

    @Option(names = "--authors", defaultValue = "100", description = "Followed in turn.")
    private int authors;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "0,10,100",
            converter = NotNegative.class,
            description = "Likes a second of all authors together, one rate after another.")
    private List<Integer> rates;

    @Option(names = "--chart", paramLabel = "FILE", description = "Draw the break-even there, as SVG.")
    private Path chart;

    @Mixin
    private Phases phases = new Phases(90, 60);

    @Override
    public Integer call() throws InterruptedException {
        for (ReadMethod method : methods) {
            build.jar(method.isOfReports() ? "report-batch" : "push-gateway");
        }
        Console.print(
                "%,d connections, %,d long polls, as many polls as ask %,d times a second; %,d authors; %d s after %d s; JVMs with %s%n",
                clients,
                longPolls,
                requests,
                authors,
                phases.seconds,
                phases.warmUp,
                jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("head-to-head", """
                likes/client·h %,d | way %s | clients %,d | run %d | p50 ms %,.1f | p99 ms %,.1f
                | requests/client·h %,.0f | of them empty %.0f %% | KB/client·h %,.0f | CPU ms/client·h %,.1f
                | CPU ms/1000 likes %,.1f | missed %d""");
        repeat(Servers.JVM_OPTIONS, (run, servers) -> measure(run, servers, table));
        new Analysis(build.analysis()).printBreakEven(table.rows(), chart);
        return 0;
    }

    private void measure(int run, Servers servers, Table table) throws InterruptedException {
        String topic = servers.broker().newTopic();
        DueTimes dues = new DueTimes(authors);
        List<MethodRun> runs = new ArrayList<>();
        Connections.requireFiles(FILES_OF_BACKENDS
                + methods.stream()
                        .filter(method -> method.kind() != ReadMethod.Kind.NOBODY)
                        .mapToInt(this::clients)
                        .sum());
        try (Database database = new Database();
                LikesWriter likes = new LikesWriter(servers.broker(), topic, authors, dues)) {
            try {
                for (ReadMethod method : methods) {
                    Console.progress("starting %s", method);
                    runs.add(MethodRun.start(method, servers, topic, database, clients(method)));
                }
                for (MethodRun each : runs) {
                    Console.progress("%s connects", each.method);
                    each.connect(authors, dues);
                }
                Console.progress("warming up");
                LikesWriter.Period warmUp = likes.period(Collections.max(rates), 0, phases.warmUp);
                likes.send(warmUp, warmUp.to);
                runs.forEach(each -> each.readers.keepInterval());
                for (int rate : rates) {
                    Console.progress("%d likes/s", rate);
                    measure(run, rate, likes, runs, table);
                }
            } finally {
                runs.forEach(MethodRun::close);
            }
        } finally {
            servers.broker().delete(topic);
        }
    }

    private int clients(ReadMethod method) {
        return method.clients(clients, longPolls, requests);
    }

    private void measure(int run, int rate, LikesWriter likes, List<MethodRun> runs, Table table) {
        // by then, clients receive no likes of the rate before, and all methods deliver at this rate
        int before = (int) maxDelay().toSeconds();
        LikesWriter.Period period = likes.period(rate, before, phases.seconds);
        MethodRun.measure(runs, likes, period);
        awaitStragglers(runs, period);
        double idle = runs.stream()
                .filter(each -> each.method.kind() == ReadMethod.Kind.NOBODY)
                .mapToDouble(MethodRun::cpuSeconds)
                .findAny()
                .orElse(0);
        for (MethodRun each : runs) {
            each.readers.requireNoFailure();
            print(run, each, period.toClients(each.clients, authors), idle, table);
        }
    }

    /** @param idle CPU seconds of the gateway without clients */
    private void print(int run, MethodRun measured, long expected, double idle, Table table) {
        ReadMethod method = measured.method;
        double hours = (double) measured.clients * phases.seconds / HOUR;
        long likesPerHour = Math.round(expected / hours);
        if (method.kind() == ReadMethod.Kind.NOBODY) {
            double millis = idle * 1e3 / hours;
            table.row(likesPerHour, method, null, run, null, null, null, null, null, millis, null, null);
            return;
        }
        DeliveryCounters.Sums sums = measured.sums();
        double cpu = measured.cpuSeconds() - (method.isOfReports() ? 0 : idle);
        Delays delays = expected == 0 ? null : Delays.of(measured.counters().delay);
        table.row(
                likesPerHour,
                method,
                measured.clients,
                run,
                delays == null ? null : delays.p50(),
                delays == null ? null : delays.p99(),
                sums.requests() / hours,
                sums.requests() == 0 ? null : 100.0 * sums.empty() / sums.requests(),
                sums.bytes() / KILOBYTE / hours,
                cpu * 1e3 / hours,
                expected == 0 ? null : cpu * 1e6 / sums.likes(),
                expected - measured.delivered());
    }

    /** Returns the longest time until a like is delivered. A report contains it after the next run, and is then read. */
    private Duration maxDelay() {
        int seconds = methods.stream()
                .mapToInt(method -> method.every() * (method.kind() == ReadMethod.Kind.REPORT ? 2 : 1))
                .max()
                .orElse(0);
        return Duration.ofSeconds(seconds + MARGIN_SECONDS);
    }

    private void awaitStragglers(List<MethodRun> runs, LikesWriter.Period period) {
        long deadline = System.nanoTime() + maxDelay().toNanos();
        Set<MethodRun> waiting = new LinkedHashSet<>(runs);
        waiting.removeIf(each -> each.method.kind() == ReadMethod.Kind.NOBODY);
        while (System.nanoTime() < deadline && !waiting.isEmpty()) {
            LockSupport.parkNanos(STRAGGLER_INTERVAL.toNanos());
            waiting.removeIf(each -> each.delivered() >= period.toClients(each.clients, authors));
        }
    }
}
