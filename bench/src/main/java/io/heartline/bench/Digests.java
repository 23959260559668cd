package io.heartline.bench;

import java.net.URI;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** One author's likes to many followers that ask for digests: what share of a core the gateway takes. */
@Command(
        name = "digests",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "One author's likes to many followers that ask for digests: what share of a core the gateway takes.")
final class Digests implements Callable<Integer> {

    private static final String AUTHOR = "alice";

    @Option(names = "--followers", defaultValue = "10000", converter = WholeNumber.Positive.class)
    private int followers;

    @Option(
            names = "--rate",
            defaultValue = "500",
            converter = WholeNumber.Positive.class,
            description = "Likes a second.")
    private int rate;

    @Option(
            names = "--digest",
            defaultValue = "60",
            converter = WholeNumber.Positive.class,
            description = "Seconds between two digests.")
    private int digest;

    @Mixin
    private Phases phases = new Phases(60, 120); // each has as many digests in it, whenever it begins

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        Console.print(
                "%,d followers with digest=%d, %d likes/s, %d s after %d s; JVMs with %s%n",
                followers, digest, rate, phases.seconds(), phases.warmUp(), String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("digests")
                .column("target", "%s")
                .column("run", "%d")
                .column("CPU, % of a core", "%.1f")
                .column("digests", "%,d")
                .column("likes one by one", "%,d")
                .head();
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> measure(run, servers, broker, table));
        }
        return 0;
    }

    private void measure(int run, Servers servers, Broker broker, Table table) throws InterruptedException {
        String topic = broker.newTopic();
        try (Deployed deployed = servers.deploy(Target.heartline, topic);
                AuthorLikes likes = new AuthorLikes(broker, topic, AUTHOR, rate, 1);
                Followers readers = Followers.connect(
                        Target.heartline,
                        i -> URI.create(deployed.likesOf(AUTHOR) + "?digest=" + digest),
                        followers,
                        0)) {
            likes.send(phases.warmUp());
            readers.likes.reset();
            readers.digests.reset();
            double before = deployed.cpuSeconds();
            likes.send(phases.seconds());
            double cpu = deployed.cpuSeconds() - before;
            readers.requireWell();
            table.row(Target.heartline, run, 100 * cpu / phases.seconds(), readers.digests.sum(), readers.likes.sum());
        }
    }
}
