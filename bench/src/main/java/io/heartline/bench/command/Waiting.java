package io.heartline.bench.command;

import io.heartline.bench.client.Connections;
import io.heartline.bench.client.Readers;
import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.model.Target;
import io.heartline.bench.model.WholeNumber.NotNegative;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Footprint;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Measures the memory that a waiting client takes of the gateway and the kernel, for each read method. */
@Command(
        name = "waiting",
        description = "Clients that receive nothing, for each read method: what one takes of memory.")
public final class Waiting extends Measurement {

    private static final Duration HOLD = Duration.ofSeconds(5);

    @Option(
            names = "--ways",
            split = ",",
            defaultValue = "websocket,sse,long-poll,poll-5,poll-60",
            description = "One or more of websocket, sse, long-poll and poll-<seconds>.")
    private List<ReadMethod> methods;

    @Option(names = "--clients", defaultValue = "1000")
    private int clients;

    @Option(names = "--authors", defaultValue = "100", description = "Followed in turn.")
    private int authors;

    @Option(
            names = "--classes",
            defaultValue = "0",
            converter = NotNegative.class,
            description = "List so many classes whose objects grow most, of JVMs.")
    private int classes;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws InterruptedException {
        for (ReadMethod method : methods) {
            if (method.kind() == ReadMethod.Kind.NOBODY || method.isOfReports()) {
                throw new ParameterException(
                        command.commandLine(),
                        "Invalid value for option '--ways': " + method + " has no waiting clients");
            }
        }
        build.jar("push-gateway");
        Connections.requireFiles(clients);
        Console.print(
                "%,d clients waiting, of %,d authors; JVMs with %s%n",
                clients, authors, jvm.describe(Idle.JVM_OPTIONS));
        Table table = json.table("waiting", """
                way %s | run %d | live heap KB/client %.1f | RSS KB/client %.1f | kernel KB/client %.1f""");
        repeat(Idle.JVM_OPTIONS, (run, servers) -> {
            for (ReadMethod method : methods) {
                Console.progress("%s", method);
                Footprint.PerClient growth = measure(method, servers);
                table.row(method, run, growth.liveKilobytes(), growth.residentKilobytes(), growth.kernelKilobytes());
            }
        });
        return 0;
    }

    private Footprint.PerClient measure(ReadMethod method, Servers servers) throws InterruptedException {
        String topic = servers.broker().newTopic();
        try (ServerProcess server = servers.startGateway(topic)) {
            // the first clients load classes and reserve memory, which later ones do not
            connect(method, server, (clients + 1) / 2).close();
            Footprint before = Footprint.of(Target.heartline, server);
            try (Readers readers = connect(method, server, clients)) {
                readers.keepInterval();
                // by then, clients with a long polling interval have no connection most of the time
                LockSupport.parkNanos(HOLD.plusSeconds(method.every()).toNanos());
                Footprint after = Footprint.of(Target.heartline, server);
                readers.requireNoFailure();
                after.printClasses(before, clients, classes);
                return after.growth(before, clients);
            }
        } finally {
            servers.broker().delete(topic);
        }
    }

    private Readers connect(ReadMethod method, ServerProcess server, int count) throws InterruptedException {
        return Readers.connect(method, server.uri("http", "/"), count, authors, new DueTimes(authors));
    }
}
