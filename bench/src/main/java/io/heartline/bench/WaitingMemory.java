package io.heartline.bench;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** What a client takes of its server's memory, and of the kernel's, while nothing happens. */
final class WaitingMemory {

    private static final int CLIENTS = 1000;
    private static final Duration HOLD = Duration.ofSeconds(5);
    private static final double KILOBYTE = 1 << 10;

    private final Servers servers;
    private final Broker broker;
    private final Table table;

    WaitingMemory(Build build, Broker broker, Table table) {
        this.servers = new Servers(build, broker, Idle.JVM_OPTIONS);
        this.broker = broker;
        this.table = table;
    }

    void print(List<Way> ways, int authors, Repetitions repetitions) throws InterruptedException {
        Console.print("%n%,d clients waiting; JVMs with %s%n", CLIENTS, String.join(" ", Idle.JVM_OPTIONS));
        table.column("way", "%s")
                .column("run", "%d")
                .column("live heap KB/client", "%.1f")
                .column("RSS KB/client", "%.1f")
                .column("kernel KB/client", "%.1f")
                .head();
        repetitions.forEach(run -> {
            for (Way way : ways) {
                if (way.kind() != Way.Kind.NOBODY && way.kind() != Way.Kind.REPORT) {
                    Console.progress("%s", way);
                    measure(run, way, authors);
                }
            }
        });
    }

    private void measure(int run, Way way, int authors) throws InterruptedException {
        String topic = broker.newTopic();
        try (ServerProcess server = servers.startGateway(topic)) {
            Dues nothing = new Dues(authors);
            // what the first ones load, compile and reserve is not what one takes
            Readers.connect(way, server.uri("http", "/"), CLIENTS / 2, authors, nothing)
                    .close();
            Footprint before = Footprint.of(Target.heartline, server);
            try (Readers readers = Readers.connect(way, server.uri("http", "/"), CLIENTS, authors, nothing)) {
                LockSupport.parkNanos(HOLD.toNanos());
                Footprint after = Footprint.of(Target.heartline, server);
                readers.requireWell();
                table.row(
                        way,
                        run,
                        (after.liveBytes().orElseThrow() - before.liveBytes().orElseThrow()) / KILOBYTE / CLIENTS,
                        (after.residentBytes() - before.residentBytes()) / KILOBYTE / CLIENTS,
                        (after.kernelBytes() - before.kernelBytes()) / KILOBYTE / CLIENTS);
            }
        } finally {
            broker.delete(topic);
        }
    }
}
