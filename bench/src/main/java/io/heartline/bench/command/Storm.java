package io.heartline.bench.command;

import io.heartline.bench.client.StormClients;
import io.heartline.bench.client.StormClients.Caller;
import io.heartline.bench.client.StormCounters;
import io.heartline.bench.model.StormTarget;
import io.heartline.bench.model.Target;
import io.heartline.bench.model.WholeNumber.NotNegative;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Deployment;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import io.heartline.bench.server.TokenIssuer;
import io.heartline.quickstart.backends.FreePorts;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures many clients that connect at the same moment: the CPU of a handshake, and its delay. */
@Command(
        name = "storm",
        description = "Many clients that connect at the same moment: what a handshake takes of CPU, and how long it"
                + " lasts.")
public final class Storm extends Measurement {

    /** The time in which a server finishes its work for clients that have connected or disconnected. */
    private static final Duration REST = Duration.ofMillis(500);

    private static final int THOUSAND = 1000;

    @Option(names = "--targets", split = ",", defaultValue = "heartline,netty,node,nchan")
    private Set<Target> targets;

    @Option(names = "--token", description = "Also measure heartline with a token in each handshake (secured).")
    private boolean token;

    @Option(names = "--connections", defaultValue = "1000", description = "Clients of a storm.")
    private int connections;

    @Option(names = "--concurrency", description = "Clients that connect concurrently. Default: all.")
    private Integer concurrency;

    @Option(names = "--authors", description = "Followed in turn. Default: one for each client.")
    private Integer authors;

    @Option(
            names = "--warm-up",
            defaultValue = "50",
            converter = NotNegative.class,
            description = "Storms that are not measured.")
    private int warmUp;

    @Option(names = "--storms", defaultValue = "10", description = "Measured storms.")
    private int storms;

    /**
     * The result of the measured storms.
     *
     * @param cpu seconds of the server for a thousand handshakes
     * @param first the same in the first storm of the process
     */
    private record Result(StormCounters counters, double cpu, double first) {}

    @Override
    public Integer call() throws InterruptedException {
        Set<StormTarget> measured = measured(build.require(targets), token);
        if (token) {
            build.jar("push-gateway");
        }
        Console.print(
                "%,d storms of %,d clients of %,d authors after %,d, %s concurrently; JVMs with %s%n",
                storms,
                connections,
                authors(),
                warmUp,
                concurrency == null ? "all" : Console.format("%,d", concurrency),
                jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("storm", """
                target %s | run %d | CPU s/1000 handshakes %.3f | first storm %.2f | handshakes/s %,.0f | p50 ms %.1f
                | p99 ms %.1f | hello p50 ms %.1f | hello p99 ms %.1f | failed %d""");
        Comparison<StormTarget> cpu = new Comparison<>(StormTarget.class);
        TokenIssuer issuer = new TokenIssuer();
        repeat(Servers.JVM_OPTIONS, (run, servers) -> {
            for (StormTarget target : measured) {
                Console.progress("%s", target);
                Result result = measure(target, servers, issuer);
                cpu.add(target, result.cpu());
                print(table, run, target, result);
            }
        });
        cpu.printAllRatios("CPU of a handshake");
        return 0;
    }

    /** Returns the servers in the order in which they are measured. */
    static Set<StormTarget> measured(Set<Target> targets, boolean token) {
        Set<StormTarget> measured = new TreeSet<>();
        for (StormTarget target : StormTarget.values()) {
            if (target == StormTarget.secured ? token : targets.contains(target.server())) {
                measured.add(target);
            }
        }
        return measured;
    }

    private int authors() {
        return authors == null ? connections : authors;
    }

    private String author(int client) {
        return "author-" + client % authors();
    }

    /** Returns the clients of a storm. Their tokens are new, because the gateway does not verify a known token again. */
    private List<Caller> callers(StormTarget target, ServerProcess server, TokenIssuer issuer) {
        return IntStream.range(0, connections)
                .mapToObj(client -> new Caller(
                        server.likesOf(author(client)),
                        target == StormTarget.secured ? issuer.token("likes:read", author(client)) : null))
                .toList();
    }

    private Result measure(StormTarget target, Servers servers, TokenIssuer issuer) throws InterruptedException {
        String topic = servers.broker().newTopic();
        List<String> settings = target == StormTarget.secured ? issuer.settings() : List.of();
        try (Deployment deployment = servers.deploy(target.server(), topic, FreePorts.find(1)[0], settings)) {
            ServerProcess server = deployment.server(); // without nchan's publisher, which has no part in a handshake
            StormCounters counters = new StormCounters();
            double cpu = 0;
            double first = 0;
            for (int storm = 0; storm < warmUp + storms; storm++) {
                if (storm == warmUp) {
                    counters = new StormCounters();
                    cpu = 0;
                }
                cpu += storm(target.server(), server, callers(target, server, issuer), counters, storm);
                if (storm == 0) {
                    first = perThousand(cpu, counters);
                }
            }
            if (counters.accepted.sum() == 0) {
                throw new CannotMeasureException(target + " has accepted no client");
            }
            return new Result(counters, perThousand(cpu, counters), first);
        } finally {
            servers.broker().delete(topic);
        }
    }

    /** Returns the CPU of the server from before the first client connects until half a second after the last. */
    private double storm(Target target, ServerProcess server, List<Caller> callers, StormCounters counters, int number)
            throws InterruptedException {
        double before = server.cpuSeconds();
        StormClients clients = StormClients.connect(
                target, callers, concurrency == null ? connections : concurrency, counters, number);
        double used;
        try {
            LockSupport.parkNanos(REST.toNanos());
            used = server.cpuSeconds() - before;
        } finally {
            clients.close();
        }
        LockSupport.parkNanos(REST.toNanos());
        return used;
    }

    private static double perThousand(double cpu, StormCounters counters) {
        return cpu / counters.accepted.sum() * THOUSAND;
    }

    private static void print(Table table, int run, StormTarget target, Result result) {
        StormCounters counters = result.counters();
        Delays handshake = Delays.of(counters.handshake);
        Delays hello = target.server().greets() ? Delays.of(counters.hello) : null;
        table.row(
                target,
                run,
                result.cpu(),
                result.first(),
                counters.accepted.sum() / (counters.nanos.sum() / 1e9),
                handshake.p50(),
                handshake.p99(),
                hello == null ? null : hello.p50(),
                hello == null ? null : hello.p99(),
                counters.failed.sum());
    }
}
