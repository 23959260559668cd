package io.heartline.bench;

import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Many followers whom nobody tells anything: what a connection takes of memory. */
@Command(
        name = "idle",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Many followers whom nobody tells anything: what a connection takes of memory, and of CPU.")
final class Idle implements Callable<Integer> {

    /**
     * A heap that a collection gives back to the system but for what is in use: neither reading holds garbage, nor room that
     * a connection could move into unseen.
     */
    static final List<String> JVM_OPTIONS =
            List.of("-Xmx512m", "-Xms8m", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");

    private static final Duration AFTER_CONNECTING = Duration.ofSeconds(20);
    private static final double MEGABYTE = 1 << 20;
    private static final double KILOBYTE = 1 << 10;

    @Option(
            names = "--targets",
            split = ",",
            defaultValue = "heartline,netty,node,nchan",
            description = "What to measure.")
    private Set<Target> targets;

    @Option(names = "--connections", defaultValue = "10000", converter = WholeNumber.Positive.class)
    private int connections;

    @Option(
            names = "--authors",
            converter = WholeNumber.Positive.class,
            description = "Whom they follow, in turn. Default: a tenth of the connections.")
    private Integer authors;

    @Option(
            names = "--warm-up",
            defaultValue = "500",
            converter = WholeNumber.NotNegative.class,
            description = "Connections that are opened and closed before.")
    private int warmUp;

    @Option(
            names = "--hold",
            defaultValue = "20",
            converter = WholeNumber.Positive.class,
            description = "Seconds to leave them idle, whose CPU is measured; heartline's heartbeat is 20.")
    private int hold;

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    /** @param cores that the server took while nothing happened, of all its own as well as for the connections */
    private record Growth(Footprint before, Footprint after, int connections, double cores) {

        double residentPerConnection() {
            return perConnection(after.residentBytes() - before.residentBytes());
        }

        /** Null where the runtime does not tell. */
        Double livePerConnection() {
            OptionalLong then = before.liveBytes();
            OptionalLong now = after.liveBytes();
            return then.isEmpty() || now.isEmpty() ? null : perConnection(now.getAsLong() - then.getAsLong());
        }

        double kernelPerConnection() {
            return perConnection(after.kernelBytes() - before.kernelBytes());
        }

        private double perConnection(long bytes) {
            return bytes / KILOBYTE / connections;
        }
    }

    @Override
    public Integer call() throws Exception {
        targets = build.require(targets);
        if (authors == null) {
            authors = Math.max(1, connections / 10);
        }
        Console.print(
                "%,d connections to %,d authors, idle for %d s; JVMs with %s%n",
                connections, authors, hold, String.join(" ", JVM_OPTIONS));
        Table table = json.table("idle")
                .column("target", "%s")
                .column("run", "%d")
                .column("RSS MB before", "%.1f")
                .column("after", "%.1f")
                .column("RSS KB/connection", "%.1f")
                .column("live heap KB/c.", "%.1f")
                .column("kernel KB/c.", "%.1f")
                .column("CPU, % of a core", "%.2f")
                .head();
        Comparison<Target> resident = new Comparison<>(Target.class);
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, JVM_OPTIONS);
            repetitions.forEach(run -> {
                for (Target target : targets) {
                    Console.progress("%s", target);
                    Growth growth = measure(target, servers, broker.newTopic());
                    resident.add(target, growth.residentPerConnection());
                    table.row(
                            target,
                            run,
                            growth.before().residentBytes() / MEGABYTE,
                            growth.after().residentBytes() / MEGABYTE,
                            growth.residentPerConnection(),
                            growth.livePerConnection(),
                            growth.kernelPerConnection(),
                            100 * growth.cores());
                }
            });
        }
        resident.printRatios("RSS per connection", Target.netty);
        return 0;
    }

    private Growth measure(Target target, Servers servers, String topic) throws InterruptedException {
        try (Deployed deployed = servers.deploy(target, topic)) {
            ServerProcess server = deployed.server();
            // what the first connections load, compile and reserve is not what a connection takes
            connect(target, server, warmUp).close();
            Footprint before = Footprint.of(target, server);
            try (Followers followers = connect(target, server, connections)) {
                LockSupport.parkNanos(AFTER_CONNECTING.toNanos());
                double begun = deployed.cpuSeconds();
                LockSupport.parkNanos(Duration.ofSeconds(hold).toNanos());
                double cpu = deployed.cpuSeconds() - begun;
                Footprint after = Footprint.of(target, server);
                if (followers.connected() < connections) {
                    throw new CannotMeasureException(Console.format(
                            "%s has closed %,d of %,d connections",
                            target, connections - followers.connected(), connections));
                }
                return new Growth(before, after, connections, cpu / hold);
            }
        }
    }

    private Followers connect(Target target, ServerProcess server, int count) throws InterruptedException {
        return Followers.connect(target, i -> server.likesOf("author-" + i % authors), count, 0);
    }
}
