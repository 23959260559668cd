package io.heartline.bench.command;

import io.heartline.bench.command.BatchProcess.BatchTarget;
import io.heartline.bench.command.BatchRun.Part;
import io.heartline.bench.model.LikeGenerator;
import io.heartline.bench.model.Population;
import io.heartline.bench.model.WholeNumber.NotNegative;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Broker;
import io.heartline.bench.server.Servers;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

/** Measures the folding of a backlog into weekly reports: events per CPU-second, beside a consumer that only parses. */
@Command(
        name = "reports",
        description =
                "A backlog folded into weekly reports: events per CPU second, beside a consumer that only parses.")
public final class Reports extends Measurement {

    private static final double MEGABYTE = 1 << 20;
    private static final int GROWTH_AUTHORS = 2000;
    private static final int GROWTH_POSTS = 3;
    private static final int GROWTH_LIKERS = 1_000_000;
    private static final int[] BACKLOG_DIVISORS = {100, 10, 1};
    private static final int[] WEEKS = {1, 10, 50};
    private static final int EVENTS_PER_WEEK = 4; // of an author, so that nearly all have some

    @Option(names = "--targets", split = ",", defaultValue = "heartline,consumer", description = "What to measure.")
    private Set<BatchTarget> targets;

    @Option(names = "--events", defaultValue = "1000000", description = "In the backlog.")
    private int events;

    @Option(
            names = "--warm-up",
            defaultValue = "200000",
            converter = NotNegative.class,
            description = "Events folded before.")
    private int warmUp;

    @Option(names = "--heap", defaultValue = "512m", converter = HeapSize.class, description = "-Xmx of each process.")
    private String heap;

    @Option(names = "--jfr", paramLabel = "FOLDER", description = "Record each measured run with Flight Recorder.")
    private Path jfr;

    @Option(names = "--growth", description = "Measure backlogs up to --events, stored weeks, and a celebrity.")
    private boolean growth;

    @Option(
            names = "--celebrity-likes",
            defaultValue = "1000000",
            description = "With --growth: likes of the celebrity.")
    private int celebrityLikes;

    @Mixin
    private Population population = new Population(1);

    @Override
    public Integer call() throws InterruptedException {
        for (BatchTarget target : targets) {
            build.jar(target == BatchTarget.heartline ? "report-batch" : "bench");
        }
        try (Broker broker = Broker.start()) {
            BatchRun runs = new BatchRun(new Servers(build, broker, jvm.command(jvmOptions())), jfr);
            if (growth) {
                measureGrowth(runs);
            } else {
                compare(runs);
            }
        }
        return 0;
    }

    private List<String> jvmOptions() {
        return List.of("-Xmx" + heap);
    }

    private void compare(BatchRun runs) throws InterruptedException {
        Console.print(
                "%,d events after %,d; %s; JVMs with %s%n", events, warmUp, population, jvm.describe(jvmOptions()));
        Table table = json.table("reports", """
                target %s | run %d | events per CPU-second %,.0f | events/s %,.0f | CPU s %.2f
                | backends' CPU s %.2f | reports %,d | max RSS MB %.0f""");
        Comparison<BatchTarget> perCpuSecond = new Comparison<>(BatchTarget.class);
        repeat(runs.servers, (run, servers) -> {
            LikeGenerator likes = population.likes();
            Map<BatchTarget, BatchRun.Result> results =
                    runs.measure(targets, List.of(new Part(likes, warmUp)), new Part(likes, events));
            results.forEach((target, result) -> {
                BatchProcess.Effort effort = result.effort();
                perCpuSecond.add(target, events / effort.cpuSeconds());
                table.row(
                        target,
                        run,
                        events / effort.cpuSeconds(),
                        events / effort.wallSeconds(),
                        effort.cpuSeconds(),
                        effort.backendSeconds(),
                        target == BatchTarget.heartline ? result.reports() : null,
                        result.peakBytes() / MEGABYTE);
            });
        });
        perCpuSecond.printAllRatios("Events per CPU-second");
    }

    /** Measures the cost of a run with larger backlogs, more stored weeks, and a celebrity. */
    private void measureGrowth(BatchRun runs) throws InterruptedException {
        Console.print(
                "%,d authors of %d posts after %,d events, but for the celebrity, who has %,d likes among as many authors%n",
                GROWTH_AUTHORS, GROWTH_POSTS, warmUp, celebrityLikes);
        Table table = json.table("growth", """
                case %s | run %d | events %,d | reports %,d | CPU µs/event %.2f | µs/event %.2f
                | backends' CPU µs/event %.2f""");
        repeat(runs.servers, (run, servers) -> {
            for (int divisor : BACKLOG_DIVISORS) {
                LikeGenerator likes = likes(1);
                String name = "backlog ×" + BACKLOG_DIVISORS[0] / divisor;
                row(table, name, run, runs, List.of(new Part(likes, warmUp)), new Part(likes, events / divisor));
            }
            for (int weeks : WEEKS) {
                LikeGenerator history = likes(weeks);
                LikeGenerator late = history.late();
                List<Part> before =
                        List.of(new Part(history, GROWTH_AUTHORS * weeks * EVENTS_PER_WEEK), new Part(late, warmUp));
                row(table, "stored weeks " + weeks, run, runs, before, new Part(late, events / 10));
            }
            LikeGenerator crowd = new LikeGenerator(celebrityLikes + 1, GROWTH_POSTS, GROWTH_LIKERS, 1, 50);
            row(table, "celebrity", run, runs, List.of(new Part(crowd, warmUp)), new Part(crowd, 2 * celebrityLikes));
        });
    }

    private static LikeGenerator likes(int weeks) {
        return new LikeGenerator(GROWTH_AUTHORS, GROWTH_POSTS, GROWTH_LIKERS, weeks, 0);
    }

    private static void row(Table table, String name, int run, BatchRun runs, List<Part> before, Part backlog)
            throws InterruptedException {
        BatchRun.Result result =
                runs.measure(EnumSet.of(BatchTarget.heartline), before, backlog).get(BatchTarget.heartline);
        BatchProcess.Effort effort = result.effort();
        double microsPerSecond = 1e6 / backlog.events();
        table.row(
                name,
                run,
                backlog.events(),
                result.reports(),
                effort.cpuSeconds() * microsPerSecond,
                effort.wallSeconds() * microsPerSecond,
                effort.backendSeconds() * microsPerSecond);
    }

    /** Converts the value of an option for a JVM's maximum heap, in the format of {@code -Xmx}. */
    static final class HeapSize implements ITypeConverter<String> {

        @Override
        public String convert(String value) {
            if (!value.matches("[1-9][0-9]{0,5}[kmg]")) {
                throw new TypeConversionException(
                        "must be a number of k, m or g, such as 256m, but was '" + value + "'");
            }
            return value;
        }
    }
}
