package io.heartline.bench.command;

import io.heartline.bench.client.Readers;
import io.heartline.bench.client.ReconnectingClients;
import io.heartline.bench.load.Await;
import io.heartline.bench.load.LikesWriter;
import io.heartline.bench.model.Target;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.ServerPair;
import io.heartline.bench.server.Servers;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures which likes followers miss or receive again while two servers restart, one after the other. */
@Command(
        name = "rolling-restart",
        description = "Two servers are stopped and started again, one after the other, while likes go on:"
                + " what their followers miss, and what they receive twice.")
public final class RollingRestart extends Measurement {

    private static final String AUTHOR = Readers.author(0);
    private static final double MILLISECOND = 1e6;

    @Option(names = "--targets", split = ",", defaultValue = "heartline,netty,node,nchan")
    private Set<Target> targets;

    @Option(names = "--followers", defaultValue = "1000", description = "Clients of one author, half on each server.")
    private int followers;

    @Option(names = "--rate", defaultValue = "100", description = "Likes a second.")
    private int rate;

    @Option(names = "--apart", defaultValue = "5", description = "Seconds before each restart, and after the last.")
    private int apart;

    @Override
    public Integer call() throws InterruptedException {
        targets = build.require(targets);
        Console.print(
                "%d followers, %d likes/s, restarts %d s apart; JVMs with %s%n",
                followers, rate, apart, jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("rolling-restart", """
                target %s | run %d | to be told %,d | lost %,d | told twice %,d | digests %,d | reconnects %,d
                | away p50 ms %,.0f | away max ms %,.0f | longest silence ms %,.0f""");
        repeat(Servers.JVM_OPTIONS, (run, servers) -> {
            for (Target target : targets) {
                Console.progress("%s", target);
                measure(table, run, target, servers);
            }
        });
        return 0;
    }

    private void measure(Table table, int run, Target target, Servers servers) throws InterruptedException {
        String topic = servers.broker().newTopic();
        try (ServerPair pair = new ServerPair(servers, target, topic);
                LikesWriter likes = LikesWriter.ofOneAuthor(servers.broker(), topic)) {
            ReconnectingClients clients = ReconnectingClients.connect(target, pair.likesOf(AUTHOR), followers);
            try (clients) {
                Thread restarts = new Thread(() -> pair.restartInTurn(apart), "restarts");
                restarts.start();
                likes.sendWhile(rate, 1, number -> restarts.isAlive());
                pair.requireNoFailure();
                Await.count(clients.delivered::sum, likes.sent() * followers);
            }
            table.row(
                    target,
                    run,
                    likes.sent() * followers,
                    clients.lost(likes.sent()),
                    clients.deliveredAgain.sum(),
                    clients.digests.sum(),
                    clients.away.getTotalCount(),
                    clients.away.getValueAtPercentile(50) / MILLISECOND,
                    clients.away.getMaxValue() / MILLISECOND,
                    clients.longestSilence() / MILLISECOND);
        }
    }
}
