package io.heartline.bench;

import io.heartline.bench.command.FanOut;
import io.heartline.bench.command.HeadToHead;
import io.heartline.bench.command.Idle;
import io.heartline.bench.command.Ingest;
import io.heartline.bench.command.Latency;
import io.heartline.bench.command.LiveReports;
import io.heartline.bench.command.Reads;
import io.heartline.bench.command.Reports;
import io.heartline.bench.command.RollingRestart;
import io.heartline.bench.command.Scale;
import io.heartline.bench.command.Storm;
import io.heartline.bench.command.Waiting;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.model.WholeNumber;
import io.heartline.bench.peer.BatchPeer;
import io.heartline.bench.peer.NchanPublisher;
import io.heartline.bench.peer.NettyPeer;
import io.heartline.bench.peer.ProducerPeer;
import io.heartline.bench.result.CannotMeasureException;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line: measures Heartline beside alternatives in the same run. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Heartline beside what people would use instead, all in one run.",
        subcommands = {
            HeadToHead.class,
            Waiting.class,
            FanOut.class,
            Idle.class,
            Storm.class,
            RollingRestart.class,
            Latency.class,
            Ingest.class,
            Reports.class,
            Reads.class,
            LiveReports.class,
            Scale.class,
            NettyPeer.class,
            NchanPublisher.class,
            ProducerPeer.class,
            BatchPeer.class
        })
public final class Bench {

    private Bench() {}

    public static void main(String[] args) {
        // The services close an idle connection after 20 s. If a POST is sent at that moment, it is lost.
        System.setProperty("jdk.httpclient.keepalive.timeout", "10");
        System.exit(commandLine().execute(args));
    }

    public static CommandLine commandLine() {
        CommandLine bench = new CommandLine(new Bench())
                .setOverwrittenOptionsAllowed(true) // a caller of bench/measure overrides its options
                .registerConverter(int.class, WholeNumber::positive)
                .registerConverter(Integer.class, WholeNumber::positive)
                .registerConverter(ReadMethod.class, ReadMethod::of)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (!(e instanceof CannotMeasureException)) {
                        throw e;
                    }
                    command.getErr().println(command.getColorScheme().errorText(e.getMessage()));
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
        bench.getSubcommands().values().forEach(command -> command.getCommandSpec()
                .mixinStandardHelpOptions(true)
                .usageMessage()
                .showDefaultValues(true));
        return bench;
    }
}
