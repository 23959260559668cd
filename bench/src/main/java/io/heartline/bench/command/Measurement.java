package io.heartline.bench.command;

import io.heartline.bench.result.Console;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Broker;
import io.heartline.bench.server.Build;
import io.heartline.bench.server.ServerJvm;
import io.heartline.bench.server.Servers;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** A command that measures something repeatedly and prints a table. */
abstract class Measurement implements Callable<Integer> {

    @Option(names = "--repetitions", defaultValue = "3", description = "Runs of all targets, in turn.")
    int repetitions;

    @Mixin
    Table.Json json;

    @Mixin
    Build build;

    @Mixin
    ServerJvm jvm;

    /** A repetition of everything that a command measures. */
    interface Repetition {

        /** @param run number of the repetition, from 1 on */
        void run(int run, Servers servers) throws InterruptedException;
    }

    /** Runs all repetitions. */
    void repeat(Servers servers, Repetition repetition) throws InterruptedException {
        for (int run = 1; run <= repetitions; run++) {
            Console.progress("run %d of %d", run, repetitions);
            repetition.run(run, servers);
        }
    }

    /** Starts a broker, and runs all repetitions with it. */
    void repeat(List<String> jvmOptions, Repetition repetition) throws InterruptedException {
        try (Broker broker = Broker.start()) {
            repeat(new Servers(build, broker, jvm.command(jvmOptions)), repetition);
        }
    }
}
