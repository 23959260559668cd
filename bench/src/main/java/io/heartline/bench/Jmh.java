package io.heartline.bench;

import java.io.PrintStream;
import java.io.UnsupportedEncodingException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.NoBenchmarksException;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import org.openjdk.jmh.util.UnCloseablePrintStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The loops that run once a record, each by itself: the time it takes, and what it leaves to the garbage collector. */
@Command(
        name = "jmh",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "What the loops that run once a record take: nanoseconds and bytes allocated, by JMH.")
final class Jmh implements Callable<Integer> {

    /** A million followed authors take most of a gigabyte, and G1 is to have no reason to look for garbage among them. */
    private static final String[] JVM_OPTIONS = {"-Xms3g", "-Xmx3g"};

    @Option(
            names = "--include",
            defaultValue = ".*",
            description = "A regular expression that is to be found in a benchmark's whole name, such as"
                    + " io.heartline.gateway.stream.fanout.LookUpBenchmark.followed.")
    private Pattern include;

    @Option(
            names = "--forks",
            defaultValue = "1",
            converter = WholeNumber.Positive.class,
            description = "JVMs, one after the other, for each benchmark.")
    private int forks;

    @Option(
            names = "--warm-up",
            defaultValue = "2",
            converter = WholeNumber.NotNegative.class,
            description = "Iterations of each JVM before measuring.")
    private int warmUp;

    @Option(
            names = "--iterations",
            defaultValue = "5",
            converter = WholeNumber.Positive.class,
            description = "Iterations of each JVM that are measured.")
    private int iterations;

    @Option(
            names = "--seconds",
            defaultValue = "1",
            converter = WholeNumber.Positive.class,
            description = "Of each iteration.")
    private int seconds;

    @Mixin
    private Table.Json json;

    @Spec
    private CommandSpec command;

    @Override
    public Integer call() throws Exception {
        Console.print(
                "%d x (%d + %d) x %d s each; JVMs with %s%n",
                forks, warmUp, iterations, seconds, String.join(" ", JVM_OPTIONS));
        PlainClassPath.provide();
        Collection<RunResult> results = run();
        Table table = json.table("jmh")
                .column("benchmark", "%s")
                .column("of", "%s")
                .column("ns/op", "%,.1f")
                .column("± ns", "%,.1f")
                .column("B/op", "%,.1f")
                .head();
        results.stream()
                .map(HotLoop::of)
                .forEach(loop -> table.row(loop.name(), loop.parameters(), loop.nanos(), loop.error(), loop.bytes()));
        return 0;
    }

    private Collection<RunResult> run() {
        try {
            // JMH tells of its progress at length, on standard error like all progress
            PrintStream progress = new UnCloseablePrintStream(System.err, StandardCharsets.UTF_8);
            return new Runner(options(), OutputFormatFactory.createFormatInstance(progress, VerboseMode.NORMAL)).run();
        } catch (NoBenchmarksException e) {
            throw new ParameterException(
                    command.commandLine(),
                    "Invalid value for option '--include': there is no benchmark in whose name '" + include
                            + "' is found",
                    e);
        } catch (RunnerException | UnsupportedEncodingException e) {
            throw new CannotMeasureException("JMH gave up", e);
        }
    }

    private Options options() {
        TimeValue length = TimeValue.seconds(seconds);
        return new OptionsBuilder()
                .include(include.pattern())
                .mode(Mode.AverageTime)
                .timeUnit(TimeUnit.NANOSECONDS)
                .forks(forks)
                .warmupIterations(warmUp)
                .warmupTime(length)
                .measurementIterations(iterations)
                .measurementTime(length)
                .jvmArgs(JVM_OPTIONS)
                .addProfiler(GCProfiler.class)
                .shouldFailOnError(true)
                .build();
    }
}
