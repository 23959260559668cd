package io.heartline.bench.command;

import io.heartline.bench.command.BatchProcess.BatchTarget;
import io.heartline.bench.load.Await;
import io.heartline.bench.load.BacklogWriter;
import io.heartline.bench.load.RequestSender;
import io.heartline.bench.model.HttpCall;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.model.Pace;
import io.heartline.bench.model.Population;
import io.heartline.bench.model.ReportFigures;
import io.heartline.bench.model.ReportRead;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Database;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures reads of reports at an even pace: how many per CPU-second of the server, and their delay. */
@Command(
        name = "reads",
        description =
                "Reports requested at an even pace: how many per CPU second of the server, and how late they come.")
public final class Reads extends Measurement {

    @Option(
            names = "--reads",
            split = ",",
            defaultValue = "single,single-changing,range,summary,graphql",
            description = "What to request.")
    private Set<ReportRead> reads;

    @Option(names = "--rate", defaultValue = "500", description = "Requests a second.")
    private int rate;

    @Option(names = "--events", defaultValue = "200000", description = "That the reports are folded from before.")
    private int events;

    @Mixin
    private Phases phases = new Phases(45, 20);

    @Mixin
    private Population population = new Population(8);

    @Override
    public Integer call() throws InterruptedException {
        build.jar("report-batch");
        Console.print(
                "%d reads/s, %d s after %d s; %,d events, %s; JVMs with %s%n",
                rate, phases.seconds, phases.warmUp, events, population, jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("reads", """
                read %s | run %d | reads per CPU-second %,.0f | p50 ms %.2f | p99 ms %.2f | refused %d
                | reports %,d""");
        Comparison<ReportRead> perCpuSecond = new Comparison<>(ReportRead.class);
        repeat(Servers.JVM_OPTIONS, (run, servers) -> measure(run, servers, table, perCpuSecond));
        perCpuSecond.printRatios("Reads per CPU-second", ReportRead.single);
        return 0;
    }

    private void measure(int run, Servers servers, Table table, Comparison<ReportRead> perCpuSecond)
            throws InterruptedException {
        String topic = servers.broker().newTopic();
        try (Database database = new Database();
                ServerProcess server = servers.startReports(topic, database)) {
            LikeGenerator likes = population.likes();
            Batch batch = new Batch(server, new BacklogWriter(servers.broker(), topic), likes, likes.late());
            batch.writer().write(likes, events);
            batch.fold();
            database.requireFigures(batch.figures());
            for (ReportRead read : reads) {
                ServerProcess.Answer answer = server.call(call(read, likes, 0));
                if (!read.isAnsweredBy(answer.status(), answer.body())) {
                    Console.progress("%s is SKIPPED: the report batch answers %s", read, answer);
                    continue;
                }
                Console.progress("%s, run %d", read, run);
                try (RequestSender sender = new RequestSender(server.uri("http", "/"), 200)) {
                    send(sender, read, batch, phases.warmUp);
                    sender.reset();
                    double cpu = send(sender, read, batch, phases.seconds);
                    double reads = sender.accepted.sum() / cpu;
                    Delays delays = Delays.of(sender.delay);
                    perCpuSecond.add(read, reads);
                    table.row(read, run, reads, delays.p50(), delays.p99(), sender.refused.sum(), database.reports());
                }
            }
            database.requireFigures(batch.figures());
        } finally {
            servers.broker().delete(topic);
        }
    }

    /**
     * Sends the requests of a number of seconds, to each author in turn. If their figures have to change, one more event of
     * each author is folded before each turn, whose CPU does not count.
     *
     * @return CPU seconds of the server during the requests
     */
    private double send(RequestSender sender, ReportRead read, Batch batch, int seconds) {
        long count = (long) rate * seconds;
        long turn = read.needsChanges() ? population.authors() : Math.max(1, count);
        double cpu = 0;
        for (long from = 0; from < count; from += turn) {
            if (read.needsChanges()) {
                batch.change(population.authors());
            }
            double before = batch.server().cpuSeconds();
            long to = Math.min(count, from + turn);
            Pace pace = Pace.fromNow(rate);
            for (long i = from; i < to; i++) {
                sender.send(call(read, batch.likes(), i), pace.await(i - from));
            }
            Await.count(sender::answered, to);
            cpu += batch.server().cpuSeconds() - before;
        }
        return cpu;
    }

    /**
     * The report batch, whose reports are read.
     *
     * @param late generator of the likes that change the last week
     */
    private record Batch(ServerProcess server, BacklogWriter writer, LikeGenerator likes, LikeGenerator late) {

        void fold() {
            new BatchProcess(BatchTarget.heartline, server).run();
        }

        /** Folds one more event of each author. */
        void change(int authors) {
            writer.writeOneOfEach(late, authors);
            fold();
        }

        ReportFigures figures() {
            ReportFigures figures = new ReportFigures();
            figures.add(likes.figures());
            figures.add(late.figures());
            return figures;
        }
    }

    private HttpCall call(ReportRead read, LikeGenerator likes, long number) {
        String author = LikeGenerator.author((int) (number * 7919 % population.authors()));
        return read.of(author, likes.week(0), likes.week(population.weeks() - 1));
    }
}
