package io.heartline.bench;

import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How many likes are to be taken in, and how they come. */
final class IngestLoad {

    @Option(
            names = "--rate",
            defaultValue = "3000",
            converter = WholeNumber.Positive.class,
            description = "single: likes a second.")
    private int rate;

    @Mixin
    private Phases phases = new Phases(60, 20); // until then most of the CPU of a JVM is its compiler's

    @Option(
            names = "--events",
            defaultValue = "1000000",
            converter = WholeNumber.Positive.class,
            description = "ndjson: lines.")
    private int events;

    @Option(
            names = "--warm-up-events",
            defaultValue = "1000000",
            converter = WholeNumber.Positive.class,
            description = "ndjson: lines before measuring, in streams of their own.")
    private int warmUpEvents;

    @Option(
            names = "--streams",
            defaultValue = "1",
            converter = WholeNumber.Positive.class,
            description = "ndjson: POSTs at once, which share the lines.")
    private int streams;

    @Option(names = "--minimal", description = "ndjson: ask for no answer to a line that is taken.")
    private boolean minimal;

    @Option(
            names = "--authors",
            defaultValue = "1000",
            converter = WholeNumber.Positive.class,
            description = "Who are liked, in turn.")
    private int authors;

    int authors() {
        return authors;
    }

    long warmUp(IngestWay way) {
        return way == IngestWay.single ? (long) rate * phases.warmUp() : warmUpEvents;
    }

    long measured(IngestWay way) {
        return way == IngestWay.single ? (long) rate * phases.seconds() : events;
    }

    /** @param authorization of requests; null if the target needs no token */
    Intake intake(IngestWay way, IngestTarget target, ServerProcess server, IngestLikes likes, String authorization) {
        if (target == IngestTarget.kafka) {
            return ProducerPeer.intake(server, way == IngestWay.single ? rate : 0);
        }
        return switch (way) {
            case single -> new SingleIntake(server, likes, rate, authorization);
            case ndjson -> new NdjsonIntake(server, likes, streams, minimal, authorization);
        };
    }

    @Override
    public String toString() {
        return Console.format(
                "single: %,d likes/s, %d s after %d s; ndjson: %,d likes after %,d, %d at once%s; %,d authors",
                rate,
                phases.seconds(),
                phases.warmUp(),
                events,
                warmUpEvents,
                streams,
                minimal ? ", minimal" : "",
                authors);
    }
}
