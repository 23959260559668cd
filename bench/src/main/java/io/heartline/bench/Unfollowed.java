package io.heartline.bench;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Records of authors whom nobody follows: what a gateway pays for them, beside a consumer that only counts them. */
@Command(
        name = "unfollowed",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Records of authors whom nobody follows: what a gateway pays for them, beside a consumer that"
                + " only counts them.")
final class Unfollowed implements Callable<Integer> {

    @Option(names = "--targets", split = ",", defaultValue = "heartline,kafka", description = "What to measure.")
    private Set<Side> targets;

    @Option(
            names = "--rate",
            defaultValue = "100000",
            converter = WholeNumber.Positive.class,
            description = "Records a second.")
    private int rate;

    @Option(
            names = "--authors",
            defaultValue = "10000",
            converter = WholeNumber.Positive.class,
            description = "Who are liked, in turn.")
    private int authors;

    @Option(
            names = "--followers",
            defaultValue = "100",
            converter = WholeNumber.NotNegative.class,
            description = "Of ten other authors, whom nobody likes.")
    private int followers;

    @Mixin
    private Phases phases = new Phases(30, 30);

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        for (Side target : targets) {
            build.jar(target == Side.heartline ? "push-gateway" : "bench");
        }
        Console.print(
                "%,d records/s of %d bytes to %,d authors, %d s after %d s; %d followers of others; JVMs with %s%n",
                rate,
                Flood.EVENT_BYTES,
                authors,
                phases.seconds(),
                phases.warmUp(),
                followers,
                String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("unfollowed")
                .column("target", "%s")
                .column("run", "%d")
                .column("records/s", "%,.0f")
                .column("CPU, % of a core", "%.1f")
                .column("CPU µs/record", "%.2f")
                .column("behind at the end", "%,d")
                .column("unread", "%,d")
                .head();
        Comparison<Side> cpu = new Comparison<>(Side.class);
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> measure(run, servers, broker, table, cpu));
        }
        cpu.printRatios("CPU per record", Side.kafka);
        return 0;
    }

    private void measure(int run, Servers servers, Broker broker, Table table, Comparison<Side> cpu)
            throws InterruptedException {
        String topic = broker.newTopic();
        Map<Side, ServerProcess> readers = new EnumMap<>(Side.class);
        try (Flood flood = new Flood(broker, topic, authors)) {
            for (Side target : targets) {
                readers.put(
                        target,
                        switch (target) {
                            case heartline -> servers.startGateway(topic);
                            case kafka -> servers.startConsumer(topic);
                        });
            }
            ServerProcess gateway = readers.get(Side.heartline);
            int connections = gateway == null ? 0 : followers;
            try (Followers idle =
                    Followers.connect(Target.heartline, i -> gateway.likesOf("quiet-" + i % 10), connections, 0)) {
                measure(run, flood, readers, table, cpu);
                idle.requireWell();
            }
        } finally {
            readers.values().forEach(ServerProcess::close);
        }
    }

    /** All read the same records at the same time, so that what ails the machine ails all of them. */
    private void measure(int run, Flood flood, Map<Side, ServerProcess> readers, Table table, Comparison<Side> cpu) {
        flood.write(rate, phases.warmUp());
        awaitAll(flood, readers);
        Console.progress("warm");
        Map<Side, Double> before = new EnumMap<>(Side.class);
        readers.forEach((target, reader) -> before.put(target, reader.cpuSeconds()));
        Flood.Written written = flood.write(rate, phases.seconds());
        Map<Side, Long> behind = unread(flood, readers);
        awaitAll(flood, readers);
        Map<Side, Long> unread = unread(flood, readers);
        readers.forEach((target, reader) -> {
            double used = reader.cpuSeconds() - before.get(target);
            double microsPerRecord = used * 1e6 / (written.records() - unread.get(target));
            cpu.add(target, microsPerRecord);
            table.row(
                    target,
                    run,
                    written.rate(),
                    100 * used / written.seconds(),
                    microsPerRecord,
                    behind.get(target),
                    unread.get(target));
        });
        if (written.records() < (long) rate * phases.seconds() * 0.99) {
            Console.print("%n%,d records/s were not reached in run %d: %,.0f were.%n", rate, run, written.rate());
        }
    }

    private static void awaitAll(Flood flood, Map<Side, ServerProcess> readers) {
        readers.forEach((target, reader) -> Arrivals.await(() -> read(target, reader), flood.sent()));
    }

    private static Map<Side, Long> unread(Flood flood, Map<Side, ServerProcess> readers) {
        Map<Side, Long> unread = new EnumMap<>(Side.class);
        readers.forEach((target, reader) -> unread.put(target, flood.sent() - read(target, reader)));
        return unread;
    }

    private static long read(Side target, ServerProcess reader) {
        String metric =
                switch (target) {
                    case heartline -> "heartline_gateway_records_total";
                    case kafka -> ConsumerPeer.METRIC;
                };
        return (long) Prometheus.sum(reader.get("/actuator/prometheus"), metric);
    }
}
