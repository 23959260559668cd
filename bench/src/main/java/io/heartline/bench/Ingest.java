package io.heartline.bench;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Likes taken in: events per second of the server's CPU, one by one and as a stream, beside what could be had without. */
@Command(
        name = "ingest",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Likes taken in, one by one and as a stream: events per CPU second of the server, and how late"
                + " they are acknowledged.")
final class Ingest implements Callable<Integer> {

    @Option(names = "--targets", split = ",", defaultValue = "heartline,node,kafka", description = "What to measure.")
    private Set<IngestTarget> targets;

    @Option(
            names = "--token",
            description =
                    "Also measure heartline with a token in each request, the target secured, and what that costs.")
    private boolean token;

    @Option(
            names = "--ways",
            split = ",",
            defaultValue = "single,ndjson",
            description = "How likes come in: ${COMPLETION-CANDIDATES}.")
    private Set<IngestWay> ways;

    @Mixin
    private IngestLoad load;

    @Mixin
    private ProducerOptions producers;

    @Mixin
    private Repetitions repetitions;

    @Mixin
    private Table.Json json;

    @Mixin
    private Build build;

    /**
     * What it took to take likes in.
     *
     * @param cpuSeconds of the target's process
     * @param benchSeconds CPU of this process meanwhile, where Kafka and the sender are
     */
    private record Result(Taken taken, long logged, double cpuSeconds, double benchSeconds) {

        double perCpuSecond() {
            return taken.accepted() / cpuSeconds;
        }
    }

    @Override
    public Integer call() throws Exception {
        Set<IngestTarget> measured = measured();
        for (IngestTarget target : measured) {
            switch (target) {
                case heartline, secured -> build.jar("event-producer");
                case node -> build.nodePeer("ingest.js");
                case kafka -> build.jar("bench");
            }
        }
        Console.print("%s; %s; JVMs with %s%n", load, producers, String.join(" ", Servers.JVM_OPTIONS));
        Table table = json.table("ingest")
                .column("target", "%s")
                .column("way", "%s")
                .column("run", "%d")
                .column("events per CPU-second", "%,.0f")
                .column("events/s", "%,.0f")
                .column("p50 ms", "%.2f")
                .column("p99 ms", "%.2f")
                .column("refused", "%,d")
                .column("logged", "%,d")
                .column("bench's CPU s", "%.2f")
                .head();
        Map<IngestWay, Comparison<IngestTarget>> compared = new EnumMap<>(IngestWay.class);
        ways.forEach(way -> compared.put(way, new Comparison<>(IngestTarget.class)));
        IngestLikes likes = new IngestLikes(load.authors());
        try (Broker broker = Broker.start();
                TokenIssuer issuer = new TokenIssuer()) {
            Servers servers = new Servers(build, broker, Servers.JVM_OPTIONS);
            repetitions.forEach(run -> {
                for (IngestWay way : ways) {
                    for (IngestTarget target : measured) {
                        Console.progress("%s, %s", target, way);
                        measure(way, target, likes, servers, broker, issuer).ifPresent(result -> {
                            compared.get(way).add(target, result.perCpuSecond());
                            print(table, run, way, target, result);
                        });
                    }
                }
            });
        }
        compared.forEach((way, figures) -> {
            figures.printAllRatios("Events per CPU-second, " + way);
            if (figures.has(IngestTarget.heartline) && figures.has(IngestTarget.secured)) {
                Console.print(
                        "- CPU of a like with a token, of one without: %s",
                        figures.ratio(IngestTarget.heartline, IngestTarget.secured));
            }
        });
        return 0;
    }

    /** Returns the targets in the order in which they are measured. */
    Set<IngestTarget> measured() {
        Set<IngestTarget> measured = new LinkedHashSet<>(targets);
        if (token) {
            measured.add(IngestTarget.heartline);
            measured.add(IngestTarget.secured);
        }
        return measured;
    }

    private Optional<Result> measure(
            IngestWay way, IngestTarget target, IngestLikes likes, Servers servers, Broker broker, TokenIssuer issuer)
            throws InterruptedException {
        String topic = broker.newTopic();
        String authorization = target == IngestTarget.secured ? "Bearer " + issuer.token("likes:write") : null;
        try (ServerProcess server = servers.start(target, topic, settings(way, target, issuer));
                Intake intake = load.intake(way, target, server, likes, authorization)) {
            Optional<ServerProcess.Answer> refusal = intake.refusal();
            if (refusal.isPresent()) {
                Console.progress("%s is SKIPPED: %s answers %s", way, target, refusal.get());
                return Optional.empty();
            }
            intake.send(load.warmUp(way));
            long before = broker.records(topic);
            double cpu = server.cpuSeconds();
            double bench = Proc.ownCpuSeconds();
            Taken taken = intake.send(load.measured(way));
            double used = server.cpuSeconds() - cpu;
            double benchUsed = Proc.ownCpuSeconds() - bench;
            long logged = broker.records(topic) - before;
            taken.requireLogged(target, logged);
            return Optional.of(new Result(taken, logged, used, benchUsed));
        } finally {
            broker.delete(topic);
        }
    }

    private List<String> settings(IngestWay way, IngestTarget target, TokenIssuer issuer) {
        return switch (target) {
            case heartline -> producers.forSpring();
            case secured -> {
                List<String> settings = new ArrayList<>(issuer.settings());
                settings.addAll(producers.forSpring());
                yield settings;
            }
            case node -> List.of();
            case kafka -> {
                List<String> settings = new ArrayList<>(List.of(Integer.toString(load.authors())));
                settings.addAll(producers.forPeer(way));
                yield settings;
            }
        };
    }

    private static void print(Table table, int run, IngestWay way, IngestTarget target, Result result) {
        Taken taken = result.taken();
        table.row(
                target,
                way,
                run,
                result.perCpuSecond(),
                taken.accepted() / taken.seconds(),
                taken.delays() == null ? null : taken.delays().p50(),
                taken.delays() == null ? null : taken.delays().p99(),
                taken.refused(),
                result.logged(),
                result.benchSeconds());
    }
}
