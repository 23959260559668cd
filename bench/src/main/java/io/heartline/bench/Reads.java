package io.heartline.bench;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Reports asked for: how many a second of the server's CPU, and how late the answers come. */
@Command(
        name = "reads",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "Reports asked for at an even pace: how many per CPU second of the server, and how late they come.")
final class Reads implements Callable<Integer> {

    private static final int MOST_AT_ONCE = 256;

    @Option(
            names = "--reads",
            split = ",",
            defaultValue = "single,range,graphql",
            description = "What to ask for: ${COMPLETION-CANDIDATES}.")
    private Set<Read> reads;

    @Option(
            names = "--rate",
            defaultValue = "500",
            converter = WholeNumber.Positive.class,
            description = "Requests a second.")
    private int rate;

    @Option(
            names = "--events",
            defaultValue = "200000",
            converter = WholeNumber.Positive.class,
            description = "That the reports are folded from before.")
    private int events;

    @Mixin
    private Phases phases = new Phases(45, 20);

    @Mixin
    private Crowd crowd = new Crowd(8);

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        build.jar("report-batch");
        Console.print(
                "%d reads/s, %d s after %d s; %,d events, %s; JVMs with %s%n",
                rate, phases.seconds(), phases.warmUp(), events, crowd, String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("reads")
                .column("read", "%s")
                .column("run", "%d")
                .column("reads per CPU-second", "%,.0f")
                .column("p50 ms", "%.2f")
                .column("p99 ms", "%.2f")
                .column("refused", "%d")
                .column("reports", "%,d")
                .head();
        Comparison<Read> perCpuSecond = new Comparison<>(Read.class);
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> measure(run, servers, broker, table, perCpuSecond));
        }
        perCpuSecond.printRatios("Reads per CPU-second", Read.single);
        return 0;
    }

    private void measure(int run, Servers servers, Broker broker, Table table, Comparison<Read> perCpuSecond)
            throws InterruptedException {
        String topic = broker.newTopic();
        try (Database database = new Database();
                ServerProcess server = servers.startReports(topic, database)) {
            Likes likes = crowd.likes();
            new Backlog(broker, topic).write(likes, events);
            new BatchProcess(BatchTarget.heartline, server).run();
            database.requireFigures(likes.figures());
            for (Read read : reads) {
                ServerProcess.Answer answer = server.call(call(read, likes, 0));
                if (!read.isAnsweredBy(answer.status(), answer.body())) {
                    Console.progress("%s is SKIPPED: the report batch answers %s", read, answer);
                    continue;
                }
                measure(run, read, likes, server, database.reports(), table, perCpuSecond);
            }
        } finally {
            broker.delete(topic);
        }
    }

    private void measure(
            int run,
            Read read,
            Likes likes,
            ServerProcess server,
            long reports,
            Table table,
            Comparison<Read> perCpuSecond) {
        Console.progress("%s, run %d", read, run);
        try (Caller caller = new Caller(server.uri("http", "/"), 200, MOST_AT_ONCE)) {
            send(caller, read, likes, phases.warmUp());
            caller.accepted.reset();
            caller.refused.reset();
            caller.delay.reset();
            double before = server.cpuSeconds();
            send(caller, read, likes, phases.seconds());
            double cpu = server.cpuSeconds() - before;
            double reads = caller.accepted.sum() / cpu;
            Delays delays = Delays.of(caller.delay);
            perCpuSecond.add(read, reads);
            table.row(read, run, reads, delays.p50(), delays.p99(), caller.refused.sum(), reports);
        }
    }

    private void send(Caller caller, Read read, Likes likes, int seconds) {
        Pace pace = Pace.fromNow(rate);
        long count = (long) rate * seconds;
        for (long i = 0; i < count; i++) {
            caller.send(call(read, likes, i), pace.await(i));
        }
        Arrivals.await(() -> caller.accepted.sum() + caller.refused.sum(), count);
    }

    private Caller.Call call(Read read, Likes likes, long number) {
        String author = Likes.author((int) (number * 7919 % crowd.authors()));
        return read.of(author, likes.week(0), likes.week(crowd.weeks() - 1));
    }
}
