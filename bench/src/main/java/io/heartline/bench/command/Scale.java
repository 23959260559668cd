package io.heartline.bench.command;

import io.heartline.bench.command.BatchProcess.BatchTarget;
import io.heartline.bench.load.Await;
import io.heartline.bench.load.BacklogWriter;
import io.heartline.bench.load.LikesWriter;
import io.heartline.bench.load.OpenLoopWriter;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.model.Population;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Broker;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the same load on one, two and three instances of a service: the cost of each further instance. */
@Command(
        name = "scale",
        description = "The same load on one, two, three of a service, on this machine: what each further one costs.")
public final class Scale extends Measurement {

    private static final int AUTHORS = 10;
    private static final int OTHER_AUTHORS = 10_000;

    @Option(names = "--instances", split = ",", defaultValue = "1,2,3", description = "Numbers of instances, in turn.")
    private List<Integer> instances;

    @Option(names = "--clients", defaultValue = "600", description = "WebSockets, shared among the gateways.")
    private int clients;

    @Option(names = "--rate", defaultValue = "100", description = "Likes a second of ten authors, followed in turn.")
    private int rate;

    @Option(names = "--others", defaultValue = "20000", description = "Likes a second of authors without followers.")
    private int others;

    @Option(names = "--events", defaultValue = "1000000", description = "In the backlog that the report batches share.")
    private int events;

    @Mixin
    private Phases phases = new Phases(40, 20);

    @Mixin
    private Population population = new Population(1);

    @Override
    public Integer call() throws InterruptedException {
        build.jar("push-gateway");
        build.jar("report-batch");
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, jvm.command(Servers.JVM_OPTIONS));
            gateways(servers);
            batches(servers);
        }
        return 0;
    }

    private void gateways(Servers servers) throws InterruptedException {
        Console.print(
                "%,d clients, %,d likes/s of %d authors, %,d/s of others, %d s after %d s; JVMs with %s%n",
                clients, rate, AUTHORS, others, phases.seconds, phases.warmUp, jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("gateways", """
                gateways %d | run %d | frames/s %,.0f | p50 ms %.2f | p99 ms %.2f | missed %,d
                | CPU of all, of a core %.3f | CPU of each %.3f""");
        repeat(servers, (run, started) -> {
            for (int count : instances) {
                Console.progress("%d gateways", count);
                gateways(run, count, started, table);
            }
        });
    }

    private void gateways(int run, int count, Servers servers, Table table) throws InterruptedException {
        String topic = servers.broker().newTopic();
        DueTimes dues = new DueTimes(AUTHORS);
        ReadMethod websocket = ReadMethod.of("websocket");
        List<MethodRun> gateways = new ArrayList<>();
        try (LikesWriter likes = new LikesWriter(servers.broker(), topic, AUTHORS, dues);
                OpenLoopWriter unfollowed = new OpenLoopWriter(servers.broker(), topic, OTHER_AUTHORS)) {
            for (int i = 0; i < count; i++) {
                int share = clients / count + (i < clients % count ? 1 : 0);
                gateways.add(MethodRun.start(websocket, servers, topic, null, share));
            }
            for (MethodRun gateway : gateways) {
                gateway.connect(AUTHORS, dues);
            }
            int seconds = phases.warmUp + phases.seconds;
            LikesWriter.Period period = likes.period(rate, phases.warmUp, phases.seconds);
            CompletableFuture<OpenLoopWriter.Written> written =
                    CompletableFuture.supplyAsync(() -> unfollowed.write(others, seconds));
            MethodRun.measure(gateways, likes, period);
            if (written.join().records() < (double) others * seconds * 0.99) {
                throw new CannotMeasureException(
                        Console.format("%,d likes/s of others were not reached: lower --others", others));
            }
            long expected = gateways.stream()
                    .mapToLong(gateway -> period.toClients(gateway.clients, AUTHORS))
                    .sum();
            Await.count(() -> delivered(gateways), expected);
            gateways.forEach(gateway -> gateway.readers.requireNoFailure());
            print(table, count, run, gateways, expected);
        } finally {
            gateways.forEach(MethodRun::close);
            servers.broker().delete(topic);
        }
    }

    private void print(Table table, int count, int run, List<MethodRun> gateways, long expected) {
        Histogram delay = Delays.histogram();
        gateways.forEach(gateway -> delay.add(gateway.counters().delay));
        Delays delays = Delays.of(delay);
        double cpu = gateways.stream().mapToDouble(MethodRun::cpuSeconds).sum() / phases.seconds;
        long frames =
                gateways.stream().mapToLong(gateway -> gateway.sums().likes()).sum();
        table.row(
                count,
                run,
                (double) frames / phases.seconds,
                delays.p50(),
                delays.p99(),
                expected - delivered(gateways),
                cpu,
                cpu / count);
    }

    private static long delivered(List<MethodRun> gateways) {
        return gateways.stream().mapToLong(MethodRun::delivered).sum();
    }

    private void batches(Servers servers) throws InterruptedException {
        Console.print("%n%,d events after %,d; %s%n", events, events / 5, population);
        Table table = json.table("batches", """
                batches %d | run %d | seconds %.1f | CPU s of all %.2f | events per CPU-second %,.0f
                | backends' CPU s %.2f""");
        repeat(servers, (run, started) -> {
            for (int count : instances) {
                Console.progress("%d batches", count);
                batches(run, count, started, table);
            }
        });
    }

    private void batches(int run, int count, Servers servers, Table table) throws InterruptedException {
        String topic = servers.broker().newTopic();
        List<ServerProcess> batches = new ArrayList<>();
        try (Database database = new Database()) {
            for (int i = 0; i < count; i++) {
                batches.add(servers.startReports(topic, database));
            }
            BatchProcess first = new BatchProcess(BatchTarget.heartline, batches.get(0));
            LikeGenerator likes = population.likes();
            BacklogWriter backlog = new BacklogWriter(servers.broker(), topic);
            backlog.write(likes, events / 5); // as warm-up
            first.run();
            backlog.write(likes, events);
            double before = cpuSeconds(batches);
            BatchProcess.Effort effort = first.run(); // ends when the whole backlog is folded, by any of them
            double cpu = cpuSeconds(batches) - before;
            database.requireFigures(likes.figures());
            table.row(count, run, effort.wallSeconds(), cpu, events / cpu, effort.backendSeconds());
        } finally {
            batches.forEach(ServerProcess::close);
            servers.broker().delete(topic);
        }
    }

    private static double cpuSeconds(List<ServerProcess> processes) {
        return processes.stream().mapToDouble(ServerProcess::cpuSeconds).sum();
    }
}
