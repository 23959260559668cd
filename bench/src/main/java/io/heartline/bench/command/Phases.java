package io.heartline.bench.command;

import io.heartline.bench.model.WholeNumber.NotNegative;
import picocli.CommandLine.Option;

/** The durations of a load: a warm-up of the servers, then the measurement. Each command has its own defaults. */
final class Phases {

    @Option(
            names = "--warm-up",
            converter = NotNegative.class,
            description = "Seconds before measuring. Default: ${DEFAULT-VALUE}.")
    int warmUp;

    @Option(names = "--seconds", description = "Default: ${DEFAULT-VALUE}.")
    int seconds;

    Phases(int warmUp, int seconds) {
        this.warmUp = warmUp;
        this.seconds = seconds;
    }
}
