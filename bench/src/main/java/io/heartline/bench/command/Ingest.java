package io.heartline.bench.command;

import io.heartline.bench.load.BatchIngest;
import io.heartline.bench.load.IngestClient;
import io.heartline.bench.load.IngestResult;
import io.heartline.bench.load.NdjsonIngest;
import io.heartline.bench.load.SingleIngest;
import io.heartline.bench.model.IngestLikes;
import io.heartline.bench.model.IngestMethod;
import io.heartline.bench.model.IngestTarget;
import io.heartline.bench.model.ProducerOptions;
import io.heartline.bench.peer.ProducerPeer;
import io.heartline.bench.result.Comparison;
import io.heartline.bench.result.Console;
import io.heartline.bench.result.Delays;
import io.heartline.bench.result.Table;
import io.heartline.bench.server.Broker;
import io.heartline.bench.server.Proc;
import io.heartline.bench.server.ServerProcess;
import io.heartline.bench.server.Servers;
import io.heartline.bench.server.TokenIssuer;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures the ingestion of likes in each form: events per CPU-second of the server, and their delay. */
@Command(
        name = "ingest",
        description = "Likes ingested in each form: events per CPU second of the server, and how late they are"
                + " acknowledged.")
public final class Ingest extends Measurement {

    @Option(names = "--targets", split = ",", defaultValue = "heartline,node,kafka", description = "What to measure.")
    private Set<IngestTarget> targets;

    @Option(names = "--token", description = "Also measure heartline with a token in each request (secured).")
    private boolean token;

    @Option(names = "--ways", split = ",", defaultValue = "single,ndjson", description = "${COMPLETION-CANDIDATES}.")
    private Set<IngestMethod> methods;

    @Option(names = "--rate", defaultValue = "3000", description = "single, cloudevents: likes a second.")
    private int rate;

    @Mixin
    private Phases phases = new Phases(60, 20); // earlier, the compiler uses most of a JVM's CPU

    @Option(names = "--events", defaultValue = "1000000", description = "Others: likes.")
    private int events;

    @Option(names = "--warm-up-events", defaultValue = "1000000", description = "Others: likes before that.")
    private int warmUpEvents;

    @Option(names = "--streams", defaultValue = "1", description = "Others: concurrent POSTs, which share the likes.")
    private int streams;

    @Option(names = "--minimal", description = "ndjson: ask for no answer to an accepted line.")
    private boolean minimal;

    @Option(names = "--authors", defaultValue = "1000", description = "Liked in turn.")
    private int authors;

    @Mixin
    private ProducerOptions producers;

    /**
     * The cost of ingesting likes.
     *
     * @param logged records that were added to the topic
     * @param cpuSeconds CPU of the target's process
     * @param benchSeconds CPU of the bench's process meanwhile, which contains Kafka and the sender
     */
    private record Result(IngestResult ingested, long logged, double cpuSeconds, double benchSeconds) {

        double perCpuSecond() {
            return ingested.accepted() / cpuSeconds;
        }
    }

    @Override
    public Integer call() throws InterruptedException {
        Set<IngestTarget> measured = measured();
        for (IngestTarget target : measured) {
            switch (target) {
                case heartline, secured -> build.jar("event-producer");
                case node -> build.nodePeer("ingest.js");
                case kafka -> build.jar("bench");
            }
        }
        Console.print("%s; %s; JVMs with %s%n", load(), producers, jvm.describe(Servers.JVM_OPTIONS));
        Table table = json.table("ingest", """
                target %s | way %s | run %d | events per CPU-second %,.0f | events/s %,.0f | p50 ms %.2f
                | p99 ms %.2f | refused %,d | logged %,d | bench's CPU s %.2f""");
        Map<IngestMethod, Comparison<IngestTarget>> compared = new EnumMap<>(IngestMethod.class);
        methods.forEach(method -> compared.put(method, new Comparison<>(IngestTarget.class)));
        IngestLikes likes = new IngestLikes(authors);
        TokenIssuer issuer = new TokenIssuer();
        repeat(Servers.JVM_OPTIONS, (run, servers) -> {
            for (IngestMethod method : methods) {
                for (IngestTarget target : measured) {
                    Console.progress("%s, %s", target, method);
                    measure(method, target, likes, servers, issuer).ifPresent(result -> {
                        compared.get(method).add(target, result.perCpuSecond());
                        print(table, run, method, target, result);
                    });
                }
            }
        });
        compared.forEach((method, figures) -> {
            figures.printAllRatios("Events per CPU-second, " + method);
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
            IngestMethod method, IngestTarget target, IngestLikes likes, Servers servers, TokenIssuer issuer)
            throws InterruptedException {
        Broker broker = servers.broker();
        String topic = broker.newTopic();
        String authorization = target == IngestTarget.secured ? "Bearer " + issuer.token("likes:write") : null;
        try (ServerProcess server = servers.start(target, topic, settings(method, target, issuer));
                IngestClient client = client(method, target, server, likes, authorization)) {
            Optional<ServerProcess.Answer> refusal = client.refusal();
            if (refusal.isPresent()) {
                Console.progress("%s is SKIPPED: %s answers %s", method, target, refusal.get());
                return Optional.empty();
            }
            client.send(method.isPaced() ? (long) rate * phases.warmUp : warmUpEvents);
            long before = broker.records(topic);
            double cpu = server.cpuSeconds();
            double bench = Proc.ownCpuSeconds();
            IngestResult ingested = client.send(method.isPaced() ? (long) rate * phases.seconds : events);
            double used = server.cpuSeconds() - cpu;
            double benchUsed = Proc.ownCpuSeconds() - bench;
            long logged = broker.records(topic) - before;
            ingested.requireLogged(target, logged);
            return Optional.of(new Result(ingested, logged, used, benchUsed));
        } finally {
            broker.delete(topic);
        }
    }

    /** @param authorization of requests; null if the target needs no token */
    private IngestClient client(
            IngestMethod method, IngestTarget target, ServerProcess server, IngestLikes likes, String authorization) {
        if (target == IngestTarget.kafka) {
            return ProducerPeer.client(server, method.isPaced() ? rate : 0);
        }
        return switch (method) {
            case single, cloudevents -> new SingleIngest(server, method, likes, rate, authorization);
            case array, arrayGzip, cloudeventsBatch -> new BatchIngest(server, method, likes, streams, authorization);
            case ndjson, ndjsonGzip -> new NdjsonIngest(server, method, likes, streams, minimal, authorization);
        };
    }

    private List<String> settings(IngestMethod method, IngestTarget target, TokenIssuer issuer) {
        Stream<String> settings =
                switch (target) {
                    case heartline -> producers.forSpring().stream();
                    case secured -> Stream.concat(issuer.settings().stream(), producers.forSpring().stream());
                    case node -> Stream.empty();
                    case kafka ->
                        Stream.concat(Stream.of(Integer.toString(authors)), producers.forPeer(method).stream());
                };
        return settings.toList();
    }

    private String load() {
        return Console.format(
                "single: %,d likes/s, %d s after %d s; others: %,d likes after %,d, streams: %d%s; %,d authors",
                rate,
                phases.seconds,
                phases.warmUp,
                events,
                warmUpEvents,
                streams,
                minimal ? ", minimal" : "",
                authors);
    }

    private static void print(Table table, int run, IngestMethod method, IngestTarget target, Result result) {
        IngestResult ingested = result.ingested();
        Delays delays = ingested.delays();
        table.row(
                target,
                method,
                run,
                result.perCpuSecond(),
                ingested.accepted() / ingested.seconds(),
                delays == null ? null : delays.p50(),
                delays == null ? null : delays.p99(),
                ingested.refused(),
                result.logged(),
                result.benchSeconds());
    }
}
