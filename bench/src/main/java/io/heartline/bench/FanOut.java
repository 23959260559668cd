package io.heartline.bench;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.quickstart.backends.Folders;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** One author's likes to many followers: frames per second of the server's CPU, and how late they arrive. */
@Command(
        name = "fan-out",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description =
                "One author's likes to many followers: frames per CPU second of the server, and how late they arrive.")
final class FanOut implements Callable<Integer> {

    enum Target {
        heartline,
        netty,
        node
    }

    @Option(names = "--targets", split = ",", defaultValue = "heartline,netty,node", description = "What to measure.")
    private List<Target> targets;

    @Option(names = "--followers", defaultValue = "1000")
    private int followers;

    @Option(names = "--rate", defaultValue = "100", description = "Likes a second.")
    private int rate;

    @Option(names = "--warm-up", defaultValue = "10", description = "Seconds before measuring.")
    private int warmUp;

    @Option(names = "--seconds", defaultValue = "15")
    private int seconds;

    @Option(names = "--repetitions", defaultValue = "3", description = "Of all targets, in turn.")
    private int repetitions;

    @Option(names = "--root", defaultValue = ".", description = "The project's folder, built with mvn package.")
    private Path root;

    private record Result(double framesPerCpuSecond, double p50Millis, double p99Millis, long missing, long digests) {}

    @Override
    public Integer call() throws Exception {
        Path folder = Files.createTempDirectory("heartline-bench");
        System.out.printf("%d followers, %d likes/s, %d s after %d s%n", followers, rate, seconds, warmUp);
        System.out.println("| target | run | frames per CPU-second | p50 ms | p99 ms | missing | digests |");
        System.out.println("|---|---|---|---|---|---|---|");
        try (InProcessKafka kafka = InProcessKafka.start(folder)) {
            for (int repetition = 1; repetition <= repetitions; repetition++) {
                for (Target target : targets) {
                    Result result = measure(target, kafka.bootstrapServers());
                    System.out.printf(
                            "| %s | %d | %,.0f | %.2f | %.2f | %d | %d |%n",
                            target,
                            repetition,
                            result.framesPerCpuSecond(),
                            result.p50Millis(),
                            result.p99Millis(),
                            result.missing(),
                            result.digests());
                }
            }
        } finally {
            Folders.delete(folder);
        }
        return 0;
    }

    private Result measure(Target target, String bootstrap) throws Exception {
        String topic = "likes-" + System.nanoTime();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", bootstrap))) {
            LikesLog.create(admin, LikesTopic.newTopic(topic, 8, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
        int port = FreePorts.find(1)[0];
        try (ServerProcess server = ServerProcess.start(
                        command(target, bootstrap, topic, port),
                        URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness"));
                KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", bootstrap, "linger.ms", 0),
                        new ByteArraySerializer(),
                        new ByteArraySerializer())) {
            URI url = URI.create("ws://127.0.0.1:" + port + "/v1/authors/alice/likes");
            try (Followers readers = Followers.connect(url, followers)) {
                send(producer, topic, warmUp);
                await(readers, (long) warmUp * rate * followers);
                readers.likes.reset();
                readers.digests.reset();
                readers.delay.reset();
                double before = server.cpuSeconds();
                send(producer, topic, seconds);
                long expected = (long) seconds * rate * followers;
                await(readers, expected);
                double cpu = server.cpuSeconds() - before;
                long frames = readers.likes.sum();
                return new Result(
                        frames / cpu,
                        readers.delay.getValueAtPercentile(50) / 1e6,
                        readers.delay.getValueAtPercentile(99) / 1e6,
                        expected - frames,
                        readers.digests.sum());
            }
        }
    }

    /** At an even pace. A like that goes out late is timed from when it was due, or a stalled sender would hide delays. */
    private void send(KafkaProducer<byte[], byte[]> producer, String topic, int duration) {
        long interval = TimeUnit.SECONDS.toNanos(1) / rate;
        long due = System.nanoTime();
        for (int i = 0; i < duration * rate; i++, due += interval) {
            for (long wait = due - System.nanoTime(); wait > 0; wait = due - System.nanoTime()) {
                LockSupport.parkNanos(wait);
            }
            Liked like = new Liked(due + "-" + i, "p-" + i % 10, "alice", "person-" + i % 1000, Instant.now());
            producer.send(LikeEventRecord.of(topic, like, "/bench"));
        }
        producer.flush();
    }

    private static void await(Followers readers, long frames) {
        long last = -1;
        // until nothing has come for a second
        while (readers.likes.sum() < frames && readers.likes.sum() != last) {
            last = readers.likes.sum();
            LockSupport.parkNanos(TimeUnit.SECONDS.toNanos(1));
        }
    }

    private List<String> command(Target target, String bootstrap, String topic, int port) throws IOException {
        List<String> command = new ArrayList<>();
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        switch (target) {
            case heartline ->
                command.addAll(List.of(
                        java,
                        "-Xmx512m",
                        "-jar",
                        jar("push-gateway").toString(),
                        "--server.port=" + port,
                        "--spring.kafka.bootstrap-servers=" + bootstrap,
                        "--heartline.gateway.topic=" + topic));
            case netty ->
                command.addAll(List.of(
                        java, "-Xmx512m", "-jar", jar("bench").toString(), "netty-peer", bootstrap, topic, "" + port));
            case node ->
                command.addAll(List.of(
                        "node", root.resolve("bench/peers/node/server.js").toString(), bootstrap, topic, "" + port));
        }
        return command;
    }

    private Path jar(String module) throws IOException {
        try (Stream<Path> jars = Files.list(root.resolve(module).resolve("target"))) {
            Optional<Path> found =
                    jars.filter(jar -> jar.toString().endsWith("-exec.jar")).findAny();
            return found.orElseThrow(() -> new IOException("build it first: mvn package -DskipTests"));
        }
    }
}
