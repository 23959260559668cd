package io.heartline.bench.command;

import io.heartline.bench.client.Followers;
import io.heartline.bench.model.Target;
import io.heartline.bench.model.WholeNumber.NotNegative;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Deployment;
import io.heartline.bench.server.Footprint;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import io.heartline.quickstart.backends.FreePorts;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures followers that receive nothing: the memory and CPU of a connection. */
@Command(
        name = "idle",
        description = "Many followers that receive nothing: what a connection takes of memory, and of CPU.")
public final class Idle extends Measurement {

    /**
     * JVM options that make a collection return unused heap to the system. Otherwise a reading would contain garbage, and new
     * connections could use heap that was resident before.
     */
    static final List<String> JVM_OPTIONS =
            List.of("-Xmx512m", "-Xms8m", "-XX:MinHeapFreeRatio=5", "-XX:MaxHeapFreeRatio=10");

    private static final Duration AFTER_CONNECTING = Duration.ofSeconds(20);
    private static final double MEGABYTE = 1 << 20;

    @Option(names = "--targets", split = ",", defaultValue = "heartline,netty,node,nchan")
    private Set<Target> targets;

    @Option(names = "--connections", defaultValue = "10000")
    private int connections;

    @Option(names = "--authors", description = "Followed in turn. Default: a tenth of the connections.")
    private Integer authors;

    @Option(names = "--authors-per-connection", defaultValue = "1", description = "More than 1: Heartline only.")
    private int perConnection;

    @Option(names = "--warm-up", defaultValue = "500", converter = NotNegative.class, description = "Connections.")
    private int warmUp;

    @Option(names = "--hold", defaultValue = "20", description = "Idle seconds, whose CPU is measured.")
    private int hold;

    @Option(
            names = "--classes",
            defaultValue = "0",
            converter = NotNegative.class,
            description = "List so many classes whose objects grow most, of JVMs.")
    private int classes;

    /** @param cpu seconds of the server while the connections were idle */
    private record Result(Footprint before, Footprint after, double cpu) {}

    @Override
    public Integer call() throws InterruptedException {
        targets = build.require(targets);
        if (authors == null) {
            authors = Math.max(1, connections / 10);
        }
        Console.print(
                "%,d connections to %,d authors, idle for %d s; JVMs with %s%n",
                connections, authors, hold, jvm.describe(JVM_OPTIONS));
        Table table = json.table("idle", """
                target %s | run %d | RSS MB before %.1f | after %.1f | RSS KB/connection %.1f
                | live heap KB/c. %.1f | kernel KB/c. %.1f | CPU, % of a core %.2f""");
        Comparison<Target> resident = new Comparison<>(Target.class);
        repeat(JVM_OPTIONS, (run, servers) -> {
            for (Target target : targets) {
                Console.progress("%s", target);
                Result result = measure(target, servers);
                Footprint.PerClient growth = result.after().growth(result.before(), connections);
                result.after().printClasses(result.before(), connections, classes);
                resident.add(target, growth.residentKilobytes());
                table.row(
                        target,
                        run,
                        result.before().residentBytes() / MEGABYTE,
                        result.after().residentBytes() / MEGABYTE,
                        growth.residentKilobytes(),
                        growth.liveKilobytes(),
                        growth.kernelKilobytes(),
                        100 * result.cpu() / hold);
            }
        });
        resident.printRatios("RSS per connection", Target.netty);
        return 0;
    }

    private Result measure(Target target, Servers servers) throws InterruptedException {
        String topic = servers.broker().newTopic();
        try (Deployment deployment = servers.deploy(target, topic, FreePorts.find(1)[0])) {
            ServerProcess server = deployment.server();
            // the first connections load classes and reserve memory, which later ones do not
            connect(target, server, warmUp).close();
            Footprint before = Footprint.of(target, server);
            try (Followers followers = connect(target, server, connections)) {
                LockSupport.parkNanos(AFTER_CONNECTING.toNanos());
                double cpuBefore = deployment.cpuSeconds();
                LockSupport.parkNanos(Duration.ofSeconds(hold).toNanos());
                double cpu = deployment.cpuSeconds() - cpuBefore;
                Footprint after = Footprint.of(target, server);
                if (followers.connected() < connections) {
                    throw new CannotMeasureException(Console.format(
                            "%s has closed %,d of %,d connections",
                            target, connections - followers.connected(), connections));
                }
                return new Result(before, after, cpu);
            }
        }
    }

    private Followers connect(Target target, ServerProcess server, int count) throws InterruptedException {
        return Followers.connect(
                target, i -> server.likesOf(n -> "author-" + n % authors, i * perConnection, perConnection), count, 0);
    }
}
