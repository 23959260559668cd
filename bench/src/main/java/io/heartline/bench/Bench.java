package io.heartline.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measures Heartline beside what people would use instead, all in one run. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Heartline beside what people would use instead, all in one run.",
        subcommands = {
            HeadToHead.class,
            WaitingMemory.class,
            FanOut.class,
            Digests.class,
            Idle.class,
            RollingRestart.class,
            Latency.class,
            Unfollowed.class,
            Ingest.class,
            Reports.class,
            Reads.class,
            Scale.class,
            Chart.class,
            Compare.class,
            Jmh.class,
            NettyPeer.class,
            NchanPublisher.class,
            ConsumerPeer.class,
            ProducerPeer.class,
            BatchPeer.class
        })
public final class Bench {

    private Bench() {}

    public static void main(String[] args) {
        // the services close a connection after 20 s; a request that meets that is lost, and a POST is not sent again
        System.setProperty("jdk.httpclient.keepalive.timeout", "10");
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Bench())
                .setOverwrittenOptionsAllowed(true) // what bench/measure gives, by whoever calls it
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    if (!(e instanceof CannotMeasureException)) {
                        throw e;
                    }
                    command.getErr().println(command.getColorScheme().errorText(e.getMessage()));
                    return command.getCommandSpec().exitCodeOnExecutionException();
                });
    }
}
