package io.heartline.bench.command;

import io.heartline.bench.load.Await;
import io.heartline.bench.load.Route;
import io.heartline.bench.model.Pace;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Servers;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the delay of a like from a POST to the author's WebSocket, beside the delay of Kafka alone. */
@Command(
        name = "latency",
        description = "How long a like takes from a POST to the author's WebSocket, beside what Kafka alone takes.")
public final class Latency extends Measurement {

    /** Heartline, or Kafka's own clients without it. */
    enum Sender {
        heartline,
        kafka
    }

    @Option(names = "--targets", split = ",", defaultValue = "heartline,kafka", description = "What to measure.")
    private Set<Sender> targets;

    @Option(names = "--rate", defaultValue = "500", description = "Likes a second, to each target.")
    private int rate;

    @Option(names = "--authors", defaultValue = "100", description = "Liked in turn, with a follower each.")
    private int authors;

    @Option(names = "--authors-per-connection", defaultValue = "1", description = "A divisor of the authors.")
    private int perConnection;

    @Mixin
    private Phases phases = new Phases(20, 60);

    @Override
    public Integer call() throws InterruptedException {
        if (targets.contains(Sender.heartline)) {
            build.jar("event-producer");
            build.jar("push-gateway");
        }
        Console.print(
                "%d likes/s to %d authors, %d s after %d s; JVMs with %s%n",
                rate, authors, phases.seconds, phases.warmUp, jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("latency", """
                target %s | run %d | stage %s | sent %,d | p50 ms %.2f | p99 ms %.2f | p99.9 ms %.2f | max ms %.2f
                | refused %d | missing %d""");
        Comparison<Sender> p99 = new Comparison<>(Sender.class);
        repeat(Servers.JVM_OPTIONS, (run, servers) -> measure(run, servers, table, p99));
        if (targets.size() == Sender.values().length) {
            Console.print("%np99, median of %d and range, in ms:", repetitions);
            Console.print("- heartline - kafka: %s", p99.difference(Sender.heartline, Sender.kafka));
        }
        return 0;
    }

    private void measure(int run, Servers servers, Table table, Comparison<Sender> p99) throws InterruptedException {
        Map<Sender, Route> routes = new EnumMap<>(Sender.class);
        try {
            for (Sender target : targets) {
                String topic = servers.broker().newTopic();
                routes.put(
                        target,
                        switch (target) {
                            case heartline ->
                                Route.throughHeartline(servers, topic, Latency::author, authors, perConnection);
                            case kafka -> Route.throughKafka(servers.broker(), topic);
                        });
            }
            send(routes, phases.warmUp);
            routes.values().forEach(route -> route.reset().run());
            Console.progress("warm");
            send(routes, phases.seconds);
            routes.forEach((target, route) -> {
                print(table, target, run, route);
                List<Route.Stage> stages = route.stages();
                p99.add(target, Delays.of(stages.get(stages.size() - 1).delay()).p99());
            });
        } finally {
            routes.values().forEach(Route::close);
        }
    }

    /** Sends one like to each route in turn, so a stall of the machine affects all routes. Each keeps the requested rate. */
    private void send(Map<Sender, Route> routes, int seconds) {
        List<Route> turns = List.copyOf(routes.values());
        long likes = (long) seconds * rate;
        Pace pace = Pace.fromNow(rate * turns.size());
        for (long i = 0; i < likes * turns.size(); i++) {
            long number = i / turns.size();
            long due = pace.await(i);
            turns.get((int) (i % turns.size())).sender().send(author((int) (number % authors)), due, number);
        }
        turns.forEach(route -> Await.count(route.settled(), likes));
    }

    private void print(Table table, Sender target, int run, Route route) {
        long sent = (long) phases.seconds * rate;
        long refused = route.refused().getAsLong();
        for (Route.Stage stage : route.stages()) {
            Delays delays = Delays.of(stage.delay());
            table.row(
                    target,
                    run,
                    stage.name(),
                    sent,
                    delays.p50(),
                    delays.p99(),
                    delays.p999(),
                    delays.max(),
                    refused,
                    sent - refused - route.arrived().getAsLong());
        }
    }

    private static String author(int number) {
        return "author-" + number;
    }
}
