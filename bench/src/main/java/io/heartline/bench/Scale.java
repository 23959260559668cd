package io.heartline.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The same load on one, two, three of a service: what each further one costs. */
@Command(
        name = "scale",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "The same load on one, two, three of a service, on this machine: what each further one costs.")
final class Scale implements Callable<Integer> {

    private static final int AUTHORS = 10;

    @Option(
            names = "--instances",
            split = ",",
            defaultValue = "1,2,3",
            converter = WholeNumber.Positive.class,
            description = "How many gateways, and how many report batches, one after another.")
    private List<Integer> instances;

    @Option(
            names = "--clients",
            defaultValue = "600",
            converter = WholeNumber.Positive.class,
            description = "WebSockets, shared among the gateways.")
    private int clients;

    @Option(
            names = "--rate",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description = "Likes a second of ten authors whom the clients follow in turn.")
    private int rate;

    @Option(
            names = "--others",
            defaultValue = "20000",
            converter = WholeNumber.Positive.class,
            description = "Likes a second of authors whom nobody follows: every gateway reads them all.")
    private int others;

    @Option(
            names = "--events",
            defaultValue = "1000000",
            converter = WholeNumber.Positive.class,
            description = "In the backlog that the report batches share.")
    private int events;

    @Mixin
    private Phases phases = new Phases(40, 20);

    @Mixin
    private Crowd crowd = new Crowd(1);

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        build.jar("push-gateway");
        build.jar("report-batch");
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            gateways(servers, broker);
            batches(servers, broker);
        }
        return 0;
    }

    private void gateways(Servers servers, Broker broker) throws InterruptedException {
        Console.print(
                "%,d clients, %,d likes/s of %d authors, %,d/s of others, %d s after %d s; JVMs with %s%n",
                clients,
                rate,
                AUTHORS,
                others,
                phases.seconds(),
                phases.warmUp(),
                String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("gateways")
                .column("gateways", "%d")
                .column("run", "%d")
                .column("frames/s", "%,.0f")
                .column("p50 ms", "%.2f")
                .column("p99 ms", "%.2f")
                .column("missed", "%,d")
                .column("CPU of all, of a core", "%.3f")
                .column("CPU of each", "%.3f")
                .head();
        repetitions.forEach(run -> {
            for (int count : instances) {
                Console.progress("%d gateways", count);
                gateways(run, count, servers, broker, table);
            }
        });
    }

    private void gateways(int run, int count, Servers servers, Broker broker, Table table) throws InterruptedException {
        String topic = broker.newTopic();
        Dues dues = new Dues(AUTHORS);
        Way websocket = Way.of("websocket");
        List<Lane> lanes = new ArrayList<>();
        try (LikesTo likes = new LikesTo(broker, topic, AUTHORS, dues);
                Flood flood = new Flood(broker, topic, 10_000)) {
            for (int i = 0; i < count; i++) {
                int share = clients / count + (i < clients % count ? 1 : 0);
                lanes.add(Lane.start(websocket, servers, topic, null, share));
            }
            for (Lane lane : lanes) {
                lane.connect(AUTHORS, dues);
            }
            LikesTo.Period period = likes.period(rate, phases.warmUp(), phases.seconds());
            CompletableFuture<Flood.Written> written =
                    CompletableFuture.supplyAsync(() -> flood.write(others, phases.warmUp() + phases.seconds()));
            lanes.forEach(lane -> lane.told().measure(period.from(), period.to()));
            likes.send(period, period.from());
            lanes.forEach(Lane::mark);
            likes.send(period, period.to());
            lanes.forEach(Lane::mark);
            double wanted = (double) others * (phases.warmUp() + phases.seconds());
            if (written.join().records() < wanted * 0.99) {
                throw new CannotMeasureException(
                        Console.format("%,d likes/s of others were not reached: lower --others", others));
            }
            long expected = lanes.stream()
                    .mapToLong(lane -> period.toClients(lane.clients(), AUTHORS))
                    .sum();
            Arrivals.await(() -> told(lanes), expected);
            lanes.forEach(lane -> lane.readers().requireWell());
            Histogram delay = Delays.histogram();
            lanes.forEach(lane -> delay.add(lane.told().delay));
            Delays delays = Delays.of(delay);
            double cpu = lanes.stream().mapToDouble(Lane::cpuSeconds).sum() / phases.seconds();
            double frames =
                    lanes.stream().mapToLong(lane -> lane.sums().likes()).sum() / (double) phases.seconds();
            table.row(count, run, frames, delays.p50(), delays.p99(), expected - told(lanes), cpu, cpu / count);
        } finally {
            lanes.forEach(Lane::close);
            broker.delete(topic);
        }
    }

    private static long told(List<Lane> lanes) {
        return lanes.stream()
                .mapToLong(lane -> lane.told().delay.getTotalCount())
                .sum();
    }

    private void batches(Servers servers, Broker broker) throws InterruptedException {
        Console.print("%n%,d events after %,d; %s%n", events, events / 5, crowd);
        Table table = json.table("batches")
                .column("batches", "%d")
                .column("run", "%d")
                .column("seconds", "%.1f")
                .column("CPU s of all", "%.2f")
                .column("events per CPU-second", "%,.0f")
                .column("backends' CPU s", "%.2f")
                .head();
        repetitions.forEach(run -> {
            for (int count : instances) {
                Console.progress("%d batches", count);
                batches(run, count, servers, broker, table);
            }
        });
    }

    private void batches(int run, int count, Servers servers, Broker broker, Table table) throws InterruptedException {
        String topic = broker.newTopic();
        List<ServerProcess> batches = new ArrayList<>();
        try (Database database = new Database()) {
            for (int i = 0; i < count; i++) {
                batches.add(servers.startReports(topic, database));
            }
            BatchProcess first = new BatchProcess(BatchTarget.heartline, batches.get(0));
            Likes likes = crowd.likes();
            Backlog backlog = new Backlog(broker, topic);
            backlog.write(likes, events / 5); // to get warm
            first.run();
            backlog.write(likes, events);
            double before = cpuSeconds(batches);
            BatchProcess.Effort effort = first.run(); // done when all of it is, whoever has folded it
            double cpu = cpuSeconds(batches) - before;
            database.requireFigures(likes.figures());
            table.row(count, run, effort.wallSeconds(), cpu, events / cpu, effort.backendSeconds());
        } finally {
            batches.forEach(ServerProcess::close);
            broker.delete(topic);
        }
    }

    private static double cpuSeconds(List<ServerProcess> processes) {
        return processes.stream().mapToDouble(ServerProcess::cpuSeconds).sum();
    }
}
