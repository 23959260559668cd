package io.heartline.bench.command;

import io.heartline.bench.client.Followers;
import io.heartline.bench.client.Readers;
import io.heartline.bench.load.Await;
import io.heartline.bench.load.LikesWriter;
import io.heartline.bench.model.Target;
import io.heartline.bench.model.WholeNumber.NotNegative;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Deployment;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import io.heartline.quickstart.backends.FreePorts;
import java.util.OptionalDouble;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures one author's likes to many followers: frames per CPU-second of the server, and their delay. */
@Command(
        name = "fan-out",
        description =
                "One author's likes to many followers: frames per CPU second of the server, and how late they arrive.")
public final class FanOut extends Measurement {

    private static final String AUTHOR = Readers.author(0);
    private static final int TIMED_FOLLOWERS = 50;
    private static final double MEGABYTE = 1 << 20;

    @Option(names = "--targets", split = ",", defaultValue = "heartline,netty,node,nchan")
    private Set<Target> targets;

    @Option(names = "--followers", defaultValue = "1000")
    private int followers;

    @Option(
            names = "--stalled",
            defaultValue = "0",
            converter = NotNegative.class,
            description = "More followers, which never read.")
    private int stalled;

    @Option(names = "--rate", defaultValue = "100", description = "Likes a second.")
    private int rate;

    @Option(names = "--at-once", defaultValue = "1", description = "Likes due at the same time, at the same rate.")
    private int burst;

    @Mixin
    private Phases phases = new Phases(30, 15); // earlier, the compiler uses a large part of a JVM's CPU

    private record Result(
            double framesPerCpuSecond,
            OptionalDouble withoutPublisher,
            Delays delays,
            long missing,
            long digests,
            long bytesBefore,
            long bytesAfter) {}

    @Override
    public Integer call() throws InterruptedException {
        targets = build.require(targets);
        Console.print(
                "%d followers, %d stalled, %d likes/s in batches of %d, %d s after %d s; JVMs with %s%n",
                followers, stalled, rate, burst, phases.seconds, phases.warmUp, jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("fan-out", """
                target %s | run %d | frames per CPU-second %,.0f | without publisher %,.0f | p50 ms %.2f
                | p99 ms %.2f | p99.9 ms %.2f | max ms %.2f | missing %d | digests %d | RSS MB before %.0f
                | after %.0f""");
        Comparison<Target> frames = new Comparison<>(Target.class);
        Comparison<Target> withoutPublisher = new Comparison<>(Target.class);
        repeat(Servers.JVM_OPTIONS, (run, servers) -> {
            for (Target target : targets) {
                Console.progress("%s", target);
                Result result = measure(target, servers);
                frames.add(target, result.framesPerCpuSecond());
                if (target == Target.netty || result.withoutPublisher().isPresent()) {
                    withoutPublisher.add(target, result.withoutPublisher().orElse(result.framesPerCpuSecond()));
                }
                print(table, run, target, result);
            }
        });
        frames.printAllRatios("Frames per CPU-second");
        withoutPublisher.printRatios("The same without what nchan's publisher takes", Target.netty);
        return 0;
    }

    private static void print(Table table, int run, Target target, Result result) {
        OptionalDouble withoutPublisher = result.withoutPublisher();
        Delays delays = result.delays();
        table.row(
                target,
                run,
                result.framesPerCpuSecond(),
                withoutPublisher.isEmpty() ? null : withoutPublisher.getAsDouble(),
                delays.p50(),
                delays.p99(),
                delays.p999(),
                delays.max(),
                result.missing(),
                result.digests(),
                result.bytesBefore() / MEGABYTE,
                result.bytesAfter() / MEGABYTE);
    }

    private Result measure(Target target, Servers servers) throws InterruptedException {
        String topic = servers.broker().newTopic();
        try (Deployment deployment = servers.deploy(target, topic, FreePorts.find(1)[0]);
                LikesWriter likes = LikesWriter.ofOneAuthor(servers.broker(), topic);
                Followers readers = Followers.connect(
                        target, i -> deployment.server().likesOf(AUTHOR), followers, TIMED_FOLLOWERS);
                Followers others =
                        Followers.stalled(target, i -> deployment.server().likesOf(AUTHOR), stalled)) {
            likes.send(rate, burst, phases.warmUp);
            Await.count(readers.likes::sum, (long) phases.warmUp * rate * followers);
            readers.likes.reset();
            readers.digests.reset();
            readers.delay.reset();
            ServerProcess server = deployment.server();
            long bytesBefore = server.residentBytes();
            double before = deployment.cpuSeconds();
            double serverBefore = server.cpuSeconds();
            likes.send(rate, burst, phases.seconds);
            long expected = (long) phases.seconds * rate * followers;
            Await.count(readers.likes::sum, expected);
            double cpu = deployment.cpuSeconds() - before;
            double serverCpu = server.cpuSeconds() - serverBefore;
            readers.requireNoFailure();
            others.requireNoFailure();
            long frames = readers.likes.sum();
            return new Result(
                    frames / cpu,
                    deployment.publisher().isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(frames / serverCpu),
                    Delays.of(readers.delay),
                    expected - frames,
                    readers.digests.sum(),
                    bytesBefore,
                    server.residentBytes());
        }
    }
}
