package io.heartline.bench;

import io.heartline.bench.BatchRun.Part;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A backlog folded into weekly reports: events per second of CPU, beside what could be had without. */
@Command(
        name = "reports",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "A backlog folded into weekly reports: events per CPU second, beside a consumer that only parses and"
                        + " Kafka Streams.")
final class Reports implements Callable<Integer> {

    private static final double MEGABYTE = 1 << 20;

    @Option(
            names = "--targets",
            split = ",",
            defaultValue = "heartline,consumer,streams",
            description = "What to measure.")
    private Set<BatchTarget> targets;

    @Option(
            names = "--events",
            defaultValue = "1000000",
            converter = WholeNumber.Positive.class,
            description = "In the backlog.")
    private int events;

    @Option(
            names = "--warm-up",
            defaultValue = "200000",
            converter = WholeNumber.NotNegative.class,
            description = "Events that are folded before, in a run of their own.")
    private int warmUp;

    @Option(
            names = "--heap",
            defaultValue = "512m",
            converter = HeapSize.class,
            description = "Of each process under test, as -Xmx takes it.")
    private String heap;

    @Option(
            names = "--jfr",
            paramLabel = "FOLDER",
            description = "Also record what heartline does in each measured run, with the Flight Recorder.")
    private Path jfr;

    @Option(
            names = "--growth",
            description =
                    "Instead measure heartline as the backlog grows to --events, as the weeks that are stored grow,"
                            + " and with a celebrity.")
    private boolean growth;

    @Option(
            names = "--celebrity-likes",
            defaultValue = "1000000",
            converter = WholeNumber.Positive.class,
            description = "With --growth: of one author, among as many authors with one like or so each.")
    private int celebrityLikes;

    @Mixin
    private Crowd crowd = new Crowd(1);

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        for (BatchTarget target : targets) {
            build.jar(target == BatchTarget.heartline ? "report-batch" : "bench");
        }
        try (Broker broker = Broker.start()) {
            BatchRun runs = new BatchRun(new Servers(build, broker, List.of("-Xmx" + heap)), broker, jfr);
            if (growth) {
                new Growth(runs, repetitions, json).measure(events, warmUp, celebrityLikes);
            } else {
                compare(runs);
            }
        }
        return 0;
    }

    private void compare(BatchRun runs) throws InterruptedException {
        Console.print("%,d events after %,d; %s; JVMs with -Xmx%s%n", events, warmUp, crowd, heap);
        Table table = json.table("reports")
                .column("target", "%s")
                .column("run", "%d")
                .column("events per CPU-second", "%,.0f")
                .column("events/s", "%,.0f")
                .column("CPU s", "%.2f")
                .column("backends' CPU s", "%.2f")
                .column("reports", "%,d")
                .column("max RSS MB", "%.0f")
                .head();
        Comparison<BatchTarget> perCpuSecond = new Comparison<>(BatchTarget.class);
        repetitions.forEach(run -> {
            Likes likes = crowd.likes();
            Map<BatchTarget, BatchRun.Result> results =
                    runs.measure(targets, List.of(new Part(likes, warmUp)), new Part(likes, events));
            results.forEach((target, result) -> {
                perCpuSecond.add(target, events / result.effort().cpuSeconds());
                table.row(
                        target,
                        run,
                        events / result.effort().cpuSeconds(),
                        events / result.effort().wallSeconds(),
                        result.effort().cpuSeconds(),
                        result.effort().backendSeconds(),
                        target == BatchTarget.heartline ? result.reports() : null,
                        result.peakBytes() / MEGABYTE);
            });
        });
        perCpuSecond.printAllRatios("Events per CPU-second");
    }
}
