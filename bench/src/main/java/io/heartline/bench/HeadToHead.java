package io.heartline.bench;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The same likes, told in every way at once: how late, and at what price. */
@Command(
        name = "head-to-head",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Push against pull: the same likes, told in every way at once; how late each is, and at what price.")
final class HeadToHead implements Callable<Integer> {

    private static final double KILOBYTE = 1e3;
    private static final int HOUR = 3600;
    private static final int MARGIN = 5;
    private static final int FILES_OF_A_TOPIC = 500; // and of the connections to Kafka and the database

    @Option(
            names = "--ways",
            split = ",",
            converter = Way.Converter.class,
            defaultValue = "nobody,websocket,sse,long-poll,poll-1,poll-5,poll-15,poll-60,report-30",
            description =
                    "Of nobody, websocket, sse, long-poll, poll-<seconds> and report-<seconds>. nobody is a gateway without"
                            + " readers, whose CPU the others' is taken less.")
    private List<Way> ways;

    @Option(
            names = "--clients",
            defaultValue = "3000",
            converter = WholeNumber.Positive.class,
            description = "Who are told over a connection that stays: of websocket, sse.")
    private int clients;

    @Option(
            names = "--long-polls",
            defaultValue = "1000",
            converter = WholeNumber.Positive.class,
            description = "Who ask again after each like: of long-poll.")
    private int longPolls;

    @Option(
            names = "--requests",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description =
                    "A second, of all clients of each poll and report together, however seldom each of them asks: poll-60 has"
                            + " sixty times as many clients.")
    private int requests;

    @Option(
            names = "--authors",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description = "Whom they follow, in turn.")
    private int authors;

    @Option(
            names = "--rates",
            split = ",",
            defaultValue = "0,10,100",
            converter = WholeNumber.NotNegative.class,
            description = "Likes a second of all authors together, one after another.")
    private List<Integer> rates;

    @Option(names = "--chart", paramLabel = "FILE", description = "Draw there where the break-even lies, as PNG.")
    private Path chart;

    @Mixin
    private Phases phases = new Phases(90, 60);

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    private final List<Cost> costs = new ArrayList<>();

    @Override
    public Integer call() throws Exception {
        for (Way way : ways) {
            build.jar(way.kind() == Way.Kind.REPORT ? "report-batch" : "push-gateway");
        }
        Console.print(
                "%,d connections, %,d long polls, as many polls as ask %,d times a second; %,d authors; %d s after %d s; JVMs with %s%n",
                clients,
                longPolls,
                requests,
                authors,
                phases.seconds(),
                phases.warmUp(),
                String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("head-to-head")
                .column("likes/client·h", "%,d")
                .column("way", "%s")
                .column("clients", "%,d")
                .column("run", "%d")
                .column("p50 ms", "%,.1f")
                .column("p99 ms", "%,.1f")
                .column("requests/client·h", "%,.0f")
                .column("of them empty", "%.0f %%")
                .column("KB/client·h", "%,.0f")
                .column("CPU ms/client·h", "%,.1f")
                .column("CPU ms/1000 likes", "%,.1f")
                .column("missed", "%d")
                .head();
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> measure(run, servers, broker, table));
        }
        BreakEven.of(costs).ifPresent(found -> {
            found.print();
            if (chart != null) {
                found.draw(chart);
            }
        });
        return 0;
    }

    private void measure(int run, Servers servers, Broker broker, Table table) throws InterruptedException {
        String topic = broker.newTopic();
        Dues dues = new Dues(authors);
        List<Lane> lanes = new ArrayList<>();
        Followers.requireFiles(FILES_OF_A_TOPIC
                + ways.stream()
                        .filter(way -> way.kind() != Way.Kind.NOBODY)
                        .mapToInt(way -> way.clients(clients, longPolls, requests))
                        .sum());
        try (Database database = new Database();
                LikesTo likes = new LikesTo(broker, topic, authors, dues)) {
            try {
                for (Way way : ways) {
                    Console.progress("starting %s", way);
                    lanes.add(Lane.start(way, servers, topic, database, way.clients(clients, longPolls, requests)));
                }
                for (Lane lane : lanes) {
                    Console.progress("%s connects", lane.way());
                    lane.connect(authors, dues);
                }
                Console.progress("warming up");
                LikesTo.Period warmUp = likes.period(Collections.max(rates), 0, phases.warmUp());
                likes.send(warmUp, warmUp.to());
                lanes.forEach(lane -> lane.readers().keepTheirTime());
                for (int rate : rates) {
                    Console.progress("%d likes/s", rate);
                    measure(run, rate, likes, lanes, table);
                }
            } finally {
                lanes.forEach(Lane::close);
            }
        } finally {
            broker.delete(topic);
        }
    }

    private void measure(int run, int rate, LikesTo likes, List<Lane> lanes, Table table) throws InterruptedException {
        // by then nobody is told any more of what came before, and everybody as much as he will be from then on
        int before = (int) slowest().toSeconds();
        LikesTo.Period period = likes.period(rate, before, phases.seconds());
        lanes.forEach(lane -> lane.told().measure(period.from(), period.to()));
        likes.send(period, period.from());
        lanes.forEach(Lane::mark);
        likes.send(period, period.to());
        lanes.forEach(Lane::mark);
        awaitStragglers(lanes, period);
        double idle = lanes.stream()
                .filter(lane -> lane.way().kind() == Way.Kind.NOBODY)
                .mapToDouble(Lane::cpuSeconds)
                .findAny()
                .orElse(0);
        for (Lane lane : lanes) {
            lane.readers().requireWell();
            long expected = period.toClients(lane.clients(), authors);
            double clientSeconds = (double) lane.clients() * phases.seconds();
            double hours = clientSeconds / HOUR;
            Told.Sums sums = lane.sums();
            boolean report = lane.way().kind() == Way.Kind.REPORT;
            double cpu = lane.cpuSeconds() - (report ? 0 : idle);
            if (lane.way().kind() == Way.Kind.NOBODY) {
                table.row(
                        Math.round(expected / hours),
                        lane.way(),
                        null,
                        run,
                        null,
                        null,
                        null,
                        null,
                        null,
                        idle * 1e3 / hours,
                        null,
                        null);
                continue;
            }
            costs.add(
                    new Cost(lane.way(), expected / clientSeconds, cpu / clientSeconds, sums.bytes() / clientSeconds));
            Delays delays = expected == 0 ? null : Delays.of(lane.told().delay);
            table.row(
                    Math.round(expected / hours),
                    lane.way(),
                    lane.clients(),
                    run,
                    delays == null ? null : delays.p50(),
                    delays == null ? null : delays.p99(),
                    sums.requests() / hours,
                    sums.requests() == 0 ? null : 100.0 * sums.empty() / sums.requests(),
                    sums.bytes() / KILOBYTE / hours,
                    cpu * 1e3 / hours,
                    expected == 0 ? null : cpu * 1e6 / sums.likes(),
                    expected - lane.told().delay.getTotalCount());
        }
    }

    /** How long it may take until a like is told: that of a report comes with the next read after the next run. */
    private Duration slowest() {
        int seconds = ways.stream()
                .mapToInt(way -> way.every() * (way.kind() == Way.Kind.REPORT ? 2 : 1))
                .max()
                .orElse(0);
        return Duration.ofSeconds(seconds + MARGIN);
    }

    private void awaitStragglers(List<Lane> lanes, LikesTo.Period period) throws InterruptedException {
        long deadline = System.nanoTime() + slowest().toNanos();
        Set<Lane> waiting = new LinkedHashSet<>(lanes);
        while (System.nanoTime() < deadline && !waiting.isEmpty()) {
            Thread.sleep(100);
            waiting.removeIf(lane -> lane.way().kind() == Way.Kind.NOBODY
                    || lane.told().delay.getTotalCount() >= period.toClients(lane.clients(), authors));
        }
    }
}
