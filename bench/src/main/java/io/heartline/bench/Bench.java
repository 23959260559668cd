package io.heartline.bench;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measures Heartline beside what people would use instead, all in one run. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures Heartline beside what people would use instead, all in one run.",
        subcommands = {FanOut.class, NettyPeer.class})
public final class Bench {

    private Bench() {}

    public static void main(String[] args) {
        System.exit(new CommandLine(new Bench()).execute(args));
    }
}
