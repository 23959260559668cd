package io.heartline.bench;

import picocli.CommandLine.Option;

/** How often everything is measured, all targets in turn. */
final class Repetitions {

    @Option(
            names = "--repetitions",
            defaultValue = "3",
            converter = WholeNumber.Positive.class,
            description = "Of all targets, in turn.")
    private int count;

    /** What a repetition does; the first is 1. */
    interface Repetition {

        void run(int number) throws InterruptedException;
    }

    int count() {
        return count;
    }

    void forEach(Repetition repetition) throws InterruptedException {
        for (int number = 1; number <= count; number++) {
            Console.progress("run %d of %d", number, count);
            repetition.run(number);
        }
    }
}
