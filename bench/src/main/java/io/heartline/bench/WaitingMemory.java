package io.heartline.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** What a client takes of its server's memory, and of the kernel's, while nothing happens, for each way of waiting. */
@Command(
        name = "waiting",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Clients of whom nobody is told anything, in each way of waiting: what one takes of memory.")
final class WaitingMemory implements Callable<Integer> {

    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final double KILOBYTE = 1 << 10;

    @Option(
            names = "--ways",
            split = ",",
            converter = Way.Converter.class,
            defaultValue = "websocket,sse,long-poll,poll-5,poll-60",
            description = "Of websocket, sse, long-poll and poll-<seconds>.")
    private List<Way> ways;

    @Option(names = "--clients", defaultValue = "1000", converter = WholeNumber.Positive.class)
    private int clients;

    @Option(
            names = "--authors",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description = "Whom they follow, in turn.")
    private int authors;

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        for (Way way : ways) {
            if (way.kind() == Way.Kind.NOBODY || way.kind() == Way.Kind.REPORT) {
                throw new ParameterException(
                        command.commandLine(), "Invalid value for option '--ways': of " + way + " nobody waits");
            }
        }
        build.jar("push-gateway");
        Followers.requireFiles(clients);
        Console.print(
                "%,d clients waiting, of %,d authors; JVMs with %s%n",
                clients, authors, String.join(" ", Idle.JVM_OPTIONS));
        Table table = json.table("waiting")
                .column("way", "%s")
                .column("run", "%d")
                .column("live heap KB/client", "%.1f")
                .column("RSS KB/client", "%.1f")
                .column("kernel KB/client", "%.1f")
                .head();
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Idle.JVM_OPTIONS);
            repetitions.forEach(run -> {
                for (Way way : ways) {
                    Console.progress("%s", way);
                    measure(run, way, servers, broker, table);
                }
            });
        }
        return 0;
    }

    private void measure(int run, Way way, Servers servers, Broker broker, Table table) throws InterruptedException {
        String topic = broker.newTopic();
        try (ServerProcess server = servers.startGateway(topic)) {
            Dues nothing = new Dues(authors);
            // what the first ones load, compile and reserve is not what one takes
            Readers.connect(way, server.uri("http", "/"), (clients + 1) / 2, authors, nothing)
                    .close();
            Footprint before = Footprint.of(Target.heartline, server);
            try (Readers readers = Readers.connect(way, server.uri("http", "/"), clients, authors, nothing)) {
                readers.keepTheirTime();
                // by then some of those who ask seldom have no connection, as it is with them
                LockSupport.parkNanos(HOLD.plusSeconds(way.every()).toNanos());
                Footprint after = Footprint.of(Target.heartline, server);
                readers.requireWell();
                table.row(
                        way,
                        run,
                        (after.liveBytes().orElseThrow() - before.liveBytes().orElseThrow()) / KILOBYTE / clients,
                        (after.residentBytes() - before.residentBytes()) / KILOBYTE / clients,
                        (after.kernelBytes() - before.kernelBytes()) / KILOBYTE / clients);
            }
        } finally {
            broker.delete(topic);
        }
    }
}
