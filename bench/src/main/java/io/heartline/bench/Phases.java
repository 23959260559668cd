package io.heartline.bench;

import picocli.CommandLine.Option;

/** How long a load is kept up: first until the server is warm, then to measure. Each command has defaults of its own. */
final class Phases {

    @Option(
            names = "--warm-up",
            converter = WholeNumber.NotNegative.class,
            description = "Seconds before measuring. Default: ${DEFAULT-VALUE}.")
    private int warmUp;

    @Option(names = "--seconds", converter = WholeNumber.Positive.class, description = "Default: ${DEFAULT-VALUE}.")
    private int seconds;

    Phases(int warmUp, int seconds) {
        this.warmUp = warmUp;
        this.seconds = seconds;
    }

    int warmUp() {
        return warmUp;
    }

    int seconds() {
        return seconds;
    }
}
