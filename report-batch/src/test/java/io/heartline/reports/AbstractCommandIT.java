package io.heartline.reports;

import io.heartline.events.LikeEventRecord;
import io.heartline.events.Liked;
import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import io.heartline.quickstart.backends.Backends;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.threeten.extra.YearWeek;
import picocli.CommandLine;

/** Runs commands with a topic and a database of the test's own, and keeps what they print. */
abstract class AbstractCommandIT {

    static final String BROKER = Backends.bootstrapServers();

    final String topic = Backends.unique("likes");
    final String database = Backends.newDatabase();
    final StringWriter out = new StringWriter();
    final StringWriter err = new StringWriter();

    int run(String... command) {
        List<String> args = new ArrayList<>(List.of(command));
        args.add("--spring.mongodb.uri=" + database);
        args.add("--heartline.reports.topic=" + topic);
        args.add("--spring.kafka.bootstrap-servers=" + BROKER);
        return commandLine().execute(args.toArray(String[]::new));
    }

    CommandLine commandLine() {
        return ReportBatchCommand.commandLine()
                .setOut(new PrintWriter(out, true))
                .setErr(new PrintWriter(err, true));
    }

    static String thisWeek() {
        return YearWeek.now(ZoneOffset.UTC).toString();
    }

    void createTopic() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
            LikesLog.create(admin, LikesTopic.newTopic(topic, 2, (short) 1, 1))
                    .toCompletableFuture()
                    .get(30, TimeUnit.SECONDS);
        }
    }

    void like(String id) throws Exception {
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", BROKER), new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(LikeEventRecord.of(topic, new Liked(id, "p-1", "alice", "bob", Instant.now()), "/test"))
                    .get(30, TimeUnit.SECONDS);
        }
    }
}
