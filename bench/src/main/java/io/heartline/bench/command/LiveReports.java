package io.heartline.bench.command;

import io.heartline.bench.client.Connections;
import io.heartline.bench.client.Readers;
import io.heartline.bench.load.Await;
import io.heartline.bench.load.BacklogWriter;
import io.heartline.bench.load.LikesWriter;
import io.heartline.bench.load.Route;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.Pace;
import io.heartline.bench.model.Population;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Broker;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.Servers;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures live reports: their delay after a POST, their cost beside polling, and how long a new one catches up. */
@Command(
        name = "live-reports",
        description = "Reports that follow the likes: how late they are, what they cost beside polling, and how long a"
                + " new one takes to catch up.")
public final class LiveReports extends Measurement {

    private static final ReadMethod LIVE = ReadMethod.of("live-report-1");
    private static final double KILOBYTE = 1e3;
    private static final double KIBIBYTE = 1 << 10;
    private static final double MEBIBYTE = 1 << 20;
    private static final int HOUR = 3600;
    private static final int FILES_OF_BACKENDS = 500;
    private static final int UNLIMITED = 1_000_000; // likes per second, more than the writer can send

    /** A part of the measurement, with a table of its own. */
    enum Part {
        delay,
        load,
        catchup
    }

    @Option(names = "--parts", split = ",", defaultValue = "delay,load,catchup", description = "What to measure.")
    private Set<Part> parts;

    @Option(names = "--clients", defaultValue = "1000", description = "Live reports of as many authors, or of one.")
    private int clients;

    @Option(names = "--rate", defaultValue = "1000", description = "load: likes a second of all authors together.")
    private int rate;

    @Option(names = "--posts", defaultValue = "500", description = "delay: POSTs a second, of all authors in turn.")
    private int posts;

    @Option(names = "--polls", defaultValue = "100", description = "load: clients that poll a report every second.")
    private int polls;

    @Option(names = "--records", defaultValue = "100000", description = "catchup: records of a partition to read.")
    private int records;

    @Option(names = "--tries", defaultValue = "5", description = "catchup: live reports opened one after another.")
    private int tries;

    @Mixin
    private Phases phases = new Phases(30, 20);

    /** Clients of a read method, and the likes of their authors. */
    private record Load(ReadMethod method, int clients, int authors, int rate) {}

    @Override
    public Integer call() throws InterruptedException {
        Stream.of("report-batch", "event-producer", "push-gateway").forEach(build::jar);
        Connections.requireFiles(FILES_OF_BACKENDS + 4 * clients);
        Console.print(
                "%d s after %d s; JVMs with %s", phases.seconds, phases.warmUp, jvm.describe(Servers.JVM_OPTIONS));
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, jvm.command(Servers.JVM_OPTIONS));
            if (parts.contains(Part.delay)) {
                delays(servers);
            }
            if (parts.contains(Part.load)) {
                loads(servers);
            }
            if (parts.contains(Part.catchup)) {
                catchUps(servers);
            }
        }
        return 0;
    }

    private void delays(Servers servers) throws InterruptedException {
        Console.print("%n%,d POSTs/s to %,d authors, each with a WebSocket and a live report%n", posts, clients);
        Table table = json.table("live-delay", """
                stage %s | run %d | sent %,d | p50 ms %.2f | p99 ms %.2f | p99.9 ms %.2f | max ms %.2f
                | refused %d | missing %d""");
        repeat(servers, (run, started) -> {
            String topic = started.broker().newTopic();
            DueTimes dues = new DueTimes(clients);
            try (Database database = new Database();
                    Route route = Route.throughHeartline(started, topic, Readers::author, clients, 1);
                    MethodRun reports = MethodRun.start(LIVE, started, topic, database, clients)) {
                reports.connect(clients, dues);
                Console.progress("warming up");
                send(route, reports, dues, phases.warmUp);
                route.reset().run();
                Console.progress("measuring");
                send(route, reports, dues, phases.seconds);
                reports.readers.requireNoFailure();
                List<Route.Stage> stages = new ArrayList<>(route.stages());
                stages.add(new Route.Stage("due to figure", reports.counters().delay));
                long sent = (long) phases.seconds * posts;
                long refused = route.refused().getAsLong();
                for (Route.Stage stage : stages) {
                    Histogram delay = stage.delay();
                    Delays delays = Delays.of(delay);
                    long missing = sent - refused - delay.getTotalCount();
                    table.row(
                            stage.name(),
                            run,
                            sent,
                            delays.p50(),
                            delays.p99(),
                            delays.p999(),
                            delays.max(),
                            refused,
                            missing);
                }
            } finally {
                started.broker().delete(topic);
            }
        });
    }

    private void send(Route route, MethodRun reports, DueTimes dues, int seconds) {
        Pace pace = Pace.fromNow(posts);
        reports.counters().measure(pace.start(), pace.start() + TimeUnit.SECONDS.toNanos(seconds));
        long likes = (long) seconds * posts;
        for (long i = 0; i < likes; i++) {
            int author = (int) (i % clients);
            long due = pace.await(i);
            dues.add(author, due);
            route.sender().send(Readers.author(author), due, i);
        }
        Await.count(route.settled(), likes);
        Await.count(reports::delivered, likes - route.refused().getAsLong());
    }

    private void loads(Servers servers) throws InterruptedException {
        Console.print("%nA run every second for the polls, and no runs for live reports%n");
        Table table = json.table("live-load", """
                way %s | clients %,d | authors %,d | likes/s %,d | run %d | p50 ms %,.0f
                | p99 ms %,.0f | CPU, % of a core %.1f | CPU ms/client·h %,.0f | KB/client·h %,.0f
                | live heap KB/client %.1f | RSS MB %.0f | missed %d""");
        List<Load> loads = List.of(
                new Load(LIVE, 0, clients, rate),
                new Load(LIVE, clients, clients, rate),
                new Load(LIVE, clients, 1, rate),
                new Load(LIVE, polls, polls, polls),
                new Load(ReadMethod.of("report-1"), polls, polls, polls));
        repeat(servers, (run, started) -> {
            for (Load load : loads) {
                Console.progress("%s", load);
                measure(load, run, started, table);
            }
        });
    }

    private void measure(Load load, int run, Servers servers, Table table) throws InterruptedException {
        String topic = servers.broker().newTopic();
        DueTimes dues = new DueTimes(load.authors());
        try (Database database = new Database();
                LikesWriter likes = new LikesWriter(servers.broker(), topic, load.authors(), dues);
                MethodRun reports = MethodRun.start(load.method(), servers, topic, database, load.clients())) {
            long liveBefore = reports.liveBytes();
            reports.connect(load.authors(), dues);
            reports.readers.keepInterval();
            LikesWriter.Period period = likes.period(load.rate(), phases.warmUp, phases.seconds);
            MethodRun.measure(List.of(reports), likes, period);
            long expected = period.toClients(load.clients(), load.authors());
            Await.count(reports::delivered, expected);
            reports.readers.requireNoFailure();
            print(load, run, reports, liveBefore, expected, table);
        } finally {
            servers.broker().delete(topic);
        }
    }

    /** @param liveBefore bytes of the reachable heap without clients */
    private void print(Load load, int run, MethodRun reports, long liveBefore, long expected, Table table)
            throws InterruptedException {
        boolean hasClients = load.clients() > 0;
        Delays delays = Delays.of(reports.counters().delay);
        double hours = (double) load.clients() * phases.seconds / HOUR;
        long residentBytes = reports.residentBytes();
        table.row(
                hasClients ? load.method() : "nobody",
                load.clients(),
                load.authors(),
                load.rate(),
                run,
                hasClients ? delays.p50() : null,
                hasClients ? delays.p99() : null,
                100 * reports.cpuSeconds() / phases.seconds,
                hasClients ? reports.cpuSeconds() * 1e3 / hours : null,
                hasClients ? reports.sums().bytes() / KILOBYTE / hours : null,
                hasClients ? (reports.liveBytes() - liveBefore) / KIBIBYTE / load.clients() : null,
                residentBytes / MEBIBYTE,
                expected - reports.delivered());
    }

    private void catchUps(Servers servers) throws InterruptedException {
        Console.print("%n%,d records of a partition that no run has folded%n", records);
        Table table = json.table("live-catch-up", "records %s | run %d | try %d | ms %,.0f");
        repeat(servers, (run, started) -> {
            for (boolean own : new boolean[] {true, false}) {
                String topic = started.broker().newTopic();
                DueTimes dues = new DueTimes(1);
                try (Database database = new Database();
                        LikesWriter likes = new LikesWriter(started.broker(), topic, 1, dues);
                        MethodRun reports = MethodRun.start(LIVE, started, topic, database, 1)) {
                    if (own) {
                        likes.sendWhile(UNLIMITED, 1, number -> number < records);
                    } else {
                        new BacklogWriter(started.broker(), topic)
                                .write(new Population(1).likes(), (long) records * Broker.PARTITIONS);
                    }
                    for (int i = 1; i <= tries; i++) {
                        long start = System.nanoTime();
                        reports.connect(1, dues);
                        table.row(own ? "of the author" : "of others", run, i, (System.nanoTime() - start) / 1e6);
                        reports.readers.close(); // the server drops the figures with their last client
                    }
                } finally {
                    started.broker().delete(topic);
                }
            }
        });
    }
}
