package io.heartline.bench;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How long a like takes from a POST to the author's WebSocket, beside what Kafka alone takes. */
@Command(
        name = "latency",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "How long a like takes from a POST to the author's WebSocket, beside what Kafka alone takes.")
final class Latency implements Callable<Integer> {

    @Option(names = "--targets", split = ",", defaultValue = "heartline,kafka", description = "What to measure.")
    private Set<Side> targets;

    @Option(
            names = "--rate",
            defaultValue = "500",
            converter = WholeNumber.Positive.class,
            description = "Likes a second, to each target.")
    private int rate;

    @Option(
            names = "--authors",
            defaultValue = "100",
            converter = WholeNumber.Positive.class,
            description = "Who are liked in turn, with a follower each.")
    private int authors;

    @Mixin
    private Phases phases = new Phases(20, 60);

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    @Override
    public Integer call() throws Exception {
        if (targets.contains(Side.heartline)) {
            build.jar("event-producer");
            build.jar("push-gateway");
        }
        Console.print(
                "%d likes/s to %d authors, %d s after %d s; JVMs with %s%n",
                rate, authors, phases.seconds(), phases.warmUp(), String.join(" ", Servers.JVM_OPTIONS));
        Table table = Delays.columns(json.table("latency")
                        .column("target", "%s")
                        .column("run", "%d")
                        .column("stage", "%s")
                        .column("sent", "%,d"))
                .column("refused", "%d")
                .column("missing", "%d")
                .head();
        Comparison<Side> p99 = new Comparison<>(Side.class);
        try (Broker broker = Broker.start()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> measure(run, servers, broker, table, p99));
        }
        if (targets.size() == Side.values().length) {
            Console.print("%np99, median of %d and range, in ms:", repetitions.count());
            Console.print("- heartline - kafka: %s", p99.difference(Side.heartline, Side.kafka));
        }
        return 0;
    }

    private void measure(int run, Servers servers, Broker broker, Table table, Comparison<Side> p99)
            throws InterruptedException {
        Map<Side, Route> routes = new EnumMap<>(Side.class);
        try {
            for (Side target : targets) {
                String topic = broker.newTopic();
                routes.put(
                        target,
                        switch (target) {
                            case heartline -> HeartlineRoute.open(servers, topic, Latency::author, authors);
                            case kafka -> KafkaRoute.open(broker, topic);
                        });
            }
            send(routes, phases.warmUp());
            routes.values().forEach(Route::reset);
            Console.progress("warm");
            send(routes, phases.seconds());
            routes.forEach((target, route) -> {
                print(table, target, run, route);
                p99.add(target, Delays.of(last(route).delay()).p99());
            });
        } finally {
            routes.values().forEach(Route::close);
        }
    }

    /**
     * In turns, one like each: when the machine stalls, it stalls for all of them. Each alone at the rate that was asked for.
     */
    private void send(Map<Side, Route> routes, int duration) {
        List<Route> turns = List.copyOf(routes.values());
        long likes = (long) duration * rate;
        Pace pace = Pace.fromNow(rate * turns.size());
        for (long i = 0; i < likes * turns.size(); i++) {
            long number = i / turns.size();
            long due = pace.await(i);
            turns.get((int) (i % turns.size())).send(author((int) (number % authors)), due, number);
        }
        turns.forEach(route -> Arrivals.await(route::settled, likes));
    }

    private void print(Table table, Side target, int run, Route route) {
        long sent = (long) phases.seconds() * rate;
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
                    route.refused(),
                    sent - route.refused() - route.arrived());
        }
    }

    private static Route.Stage last(Route route) {
        return route.stages().get(route.stages().size() - 1);
    }

    private static String author(int number) {
        return "author-" + number;
    }
}
