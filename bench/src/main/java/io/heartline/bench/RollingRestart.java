package io.heartline.bench;

import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Two servers are stopped and started again one after the other while likes go on: what do their followers miss? */
@Command(
        name = "rolling-restart",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Two servers are stopped and started again, one after the other, while likes go on:"
                + " what their followers miss, and what they are told twice.")
final class RollingRestart implements Callable<Integer> {

    private static final String AUTHOR = "alice";
    private static final double MILLISECOND = 1e6;

    @Option(
            names = "--targets",
            split = ",",
            defaultValue = "heartline,netty,node,nchan",
            description = "What to measure.")
    private Set<Target> targets;

    @Option(
            names = "--followers",
            defaultValue = "1000",
            converter = WholeNumber.Positive.class,
            description = "Of one author, as many on either server.")
    private int followers;

    @Option(
            names = "--rate",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description = "Likes a second.")
    private int rate;

    @Option(
            names = "--apart",
            defaultValue = "5",
            converter = WholeNumber.Positive.class,
            description = "Seconds with both servers before each restart, and after the last.")
    private int apart;

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        targets = build.require(targets);
        Console.print(
                "%d followers, %d likes/s, restarts %d s apart; JVMs with %s%n",
                followers, rate, apart, String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("rolling-restart")
                .column("target", "%s")
                .column("run", "%d")
                .column("to be told", "%,d")
                .column("lost", "%,d")
                .column("told twice", "%,d")
                .column("digests", "%,d")
                .column("reconnects", "%,d")
                .column("away p50 ms", "%,.0f")
                .column("away max ms", "%,.0f")
                .column("longest silence ms", "%,.0f")
                .head();
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> {
                for (Target target : targets) {
                    Console.progress("%s", target);
                    measure(table, run, target, servers, broker);
                }
            });
        }
        return 0;
    }

    private void measure(Table table, int run, Target target, Servers servers, Broker broker)
            throws InterruptedException {
        String topic = broker.newTopic();
        try (ServerPair pair = new ServerPair(servers, target, topic);
                AuthorLikes likes = new AuthorLikes(broker, topic, AUTHOR, rate, 1)) {
            Returners returners = Returners.connect(target, pair.likesOf(AUTHOR), followers);
            try (returners) {
                Thread restarts = new Thread(() -> pair.restartInTurn(apart), "restarts");
                restarts.start();
                likes.sendWhile(number -> restarts.isAlive());
                pair.requireWell();
                Arrivals.await(returners.told::sum, likes.sent() * followers);
            }
            table.row(
                    target,
                    run,
                    likes.sent() * followers,
                    returners.lost(likes.sent()),
                    returners.twice.sum(),
                    returners.digests.sum(),
                    returners.away.getTotalCount(),
                    returners.away.getValueAtPercentile(50) / MILLISECOND,
                    returners.away.getMaxValue() / MILLISECOND,
                    returners.longestSilence() / MILLISECOND);
        }
    }
}
