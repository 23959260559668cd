package io.heartline.bench;

import java.util.OptionalDouble;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One author's likes to many followers: frames per second of the server's CPU, and how late they arrive. */
@Command(
        name = "fan-out",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "One author's likes to many followers: frames per CPU second of the server, and how late they arrive.")
final class FanOut implements Callable<Integer> {

    private static final String AUTHOR = "alice";
    private static final int TIMED = 50;
    private static final double MEGABYTE = 1 << 20;

    @Option(
            names = "--targets",
            split = ",",
            defaultValue = "heartline,netty,node,nchan",
            description = "What to measure.")
    private Set<Target> targets;

    @Option(names = "--followers", defaultValue = "1000", converter = WholeNumber.Positive.class)
    private int followers;

    @Option(
            names = "--stalled",
            defaultValue = "0",
            converter = WholeNumber.NotNegative.class,
            description = "More followers, who read nothing. The figures are of the others.")
    private int stalled;

    @Option(
            names = "--rate",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description = "Likes a second.")
    private int rate;

    @Option(
            names = "--at-once",
            defaultValue = "1",
            converter = WholeNumber.Positive.class,
            description = "Likes that are due at the same time; as many a second all the same.")
    private int atOnce;

    @Mixin
    private Phases phases = new Phases(30, 15); // before, a good part of a JVM's CPU is its compiler's

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    private record Result(
            double framesPerCpuSecond,
            OptionalDouble withoutPublisher,
            Delays delays,
            long missing,
            long digests,
            long bytesBefore,
            long bytesAfter) {}

    @Override
    public Integer call() throws Exception {
        targets = build.require(targets);
        Console.print(
                "%d followers, %d stalled, %d likes/s, %d at once, %d s after %d s; JVMs with %s%n",
                followers,
                stalled,
                rate,
                atOnce,
                phases.seconds(),
                phases.warmUp(),
                String.join(" ", Servers.JVM_OPTIONS));
        Table table = Delays.columns(json.table("fan-out")
                        .column("target", "%s")
                        .column("run", "%d")
                        .column("frames per CPU-second", "%,.0f")
                        .column("without publisher", "%,.0f"))
                .column("missing", "%d")
                .column("digests", "%d")
                .column("RSS MB before", "%.0f")
                .column("after", "%.0f")
                .head();
        Comparison<Target> frames = new Comparison<>(Target.class);
        Comparison<Target> withoutPublisher = new Comparison<>(Target.class);
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> {
                for (Target target : targets) {
                    Console.progress("%s", target);
                    Result result = measure(target, servers, broker);
                    frames.add(target, result.framesPerCpuSecond());
                    if (target == Target.netty || result.withoutPublisher().isPresent()) {
                        withoutPublisher.add(target, result.withoutPublisher().orElse(result.framesPerCpuSecond()));
                    }
                    table.row(
                            target,
                            run,
                            result.framesPerCpuSecond(),
                            result.withoutPublisher().isEmpty()
                                    ? null
                                    : result.withoutPublisher().getAsDouble(),
                            result.delays().p50(),
                            result.delays().p99(),
                            result.delays().p999(),
                            result.delays().max(),
                            result.missing(),
                            result.digests(),
                            result.bytesBefore() / MEGABYTE,
                            result.bytesAfter() / MEGABYTE);
                }
            });
        }
        frames.printAllRatios("Frames per CPU-second");
        withoutPublisher.printRatios("The same without what nchan's publisher takes", Target.netty);
        return 0;
    }

    private Result measure(Target target, Servers servers, Broker broker) throws InterruptedException {
        String topic = broker.newTopic();
        try (Deployed deployed = servers.deploy(target, topic);
                AuthorLikes likes = new AuthorLikes(broker, topic, AUTHOR, rate, atOnce);
                Followers readers = Followers.connect(target, i -> deployed.likesOf(AUTHOR), followers, TIMED);
                Followers others = Followers.stalled(target, i -> deployed.likesOf(AUTHOR), stalled)) {
            likes.send(phases.warmUp());
            Arrivals.await(readers.likes::sum, (long) phases.warmUp() * rate * followers);
            readers.likes.reset();
            readers.digests.reset();
            readers.delay.reset();
            ServerProcess server = deployed.server();
            long bytesBefore = server.residentBytes();
            double before = deployed.cpuSeconds();
            double serverBefore = server.cpuSeconds();
            likes.send(phases.seconds());
            long expected = (long) phases.seconds() * rate * followers;
            Arrivals.await(readers.likes::sum, expected);
            double cpu = deployed.cpuSeconds() - before;
            double serverCpu = server.cpuSeconds() - serverBefore;
            readers.requireWell();
            others.requireWell();
            long frames = readers.likes.sum();
            return new Result(
                    frames / cpu,
                    deployed.publisher().isEmpty() ? OptionalDouble.empty() : OptionalDouble.of(frames / serverCpu),
                    Delays.of(readers.delay),
                    expected - frames,
                    readers.digests.sum(),
                    bytesBefore,
                    server.residentBytes());
        }
    }
}
