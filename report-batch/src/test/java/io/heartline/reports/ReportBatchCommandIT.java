package io.heartline.reports;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import com.mongodb.reactivestreams.client.MongoClients;
import com.mongodb.reactivestreams.client.MongoCollection;
import io.heartline.reports.audit.AuditLines;
import io.heartline.web.CapturedLog;
import io.heartline.web.HelpDefaults;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.test.system.CapturedOutput;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The exit code and the output of each command, as an external cron job or an operator sees them. */
@ExtendWith(CapturedLog.class)
class ReportBatchCommandIT extends AbstractCommandIT {

    @Test
    void once_foldsAllRecords_andExitsWith0() throws Exception {
        createTopic();
        like("1");

        assertThat(run("--once")).isZero();
        assertThat(out.toString()).contains("done: every partition is folded past the end it had");
        like("2");
        assertThat(run("--once")).isZero();

        assertThat(run("--verify", thisWeek())).isZero();
        assertThat(out.toString()).contains(thisWeek() + ": 1 reports compared with the log, 0 different");
    }

    @Test
    void once_opensNoPort_soAnyServerAddressIsAccepted() throws Exception {
        createTopic();

        assertThat(run("--once", "--server.address=0.0.0.0")).isZero();
    }

    @Test
    void once_withoutTopic_exitsWith1_andNamesKafka() {
        assertThat(run("--once")).isEqualTo(1);

        assertThat(err.toString()).contains("the run failed: Kafka: ");
    }

    @Test
    void once_removesExpiredRuns() throws Exception {
        createTopic();
        try (MongoClient client = MongoClients.create(database)) {
            MongoCollection<Document> runs = client.getDatabase(new ConnectionString(database).getDatabase())
                    .getCollection("runs");
            Document old = new Document("_id", "old")
                    .append("requestedAt", Date.from(Instant.now().minus(Duration.ofDays(400))));
            Mono.from(runs.insertOne(old)).block();

            assertThat(run("--once")).isZero();

            List<Object> kept = Flux.from(runs.find())
                    .map(run -> run.get("_id"))
                    .collectList()
                    .block();
            assertThat(kept).hasSize(1).doesNotContain("old");
        }
    }

    @Test
    void verify_ofARecreatedLog_exitsWith2_untilItIsAccepted() throws Exception {
        createTopic();
        like("1");
        run("--once");
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
            admin.deleteTopics(List.of(topic)).all().get(30, TimeUnit.SECONDS);
        }
        createTopic();
        like("2");

        assertThat(run("--verify", thisWeek())).isEqualTo(2);
        assertThat(err.toString()).contains("the log no longer reaches that far: progress belongs to another log");
        assertThat(run("--once")).isEqualTo(1);
        assertThat(run("--accept-new-log")).isZero();
        assertThat(out.toString()).contains("partition 0: another log, from offset 0");
        assertThat(run("--once")).isZero();
    }

    @Test
    void erase_deletesTheAuthorsReports_evenIfThereAreNone_andNoRunRestoresThem() throws Exception {
        createTopic();
        like("1");
        run("--once");
        like("2");

        assertThat(run("--erase", "alice")).isZero();
        assertThat(out.toString())
                .contains("alice is erased: 1 reports deleted")
                .contains("the likes themselves stay in the topics " + topic + " and likes.dead");
        assertThat(run("--erase", "alice")).isZero();
        assertThat(out.toString()).contains("alice is erased: 0 reports deleted");

        assertThat(run("--once")).isZero();
        assertThat(run("--verify", thisWeek())).isZero();
        assertThat(out.toString()).contains(thisWeek() + ": 0 reports compared with the log, 0 different");
    }

    @Test
    void erase_isLoggedForAnAudit_withTheAccountAndTheExitCode(CapturedOutput log) throws Exception {
        createTopic();

        run("--erase", topic);
        commandLine()
                .execute(
                        "--erase=" + topic,
                        "--spring.mongodb.uri=" + database,
                        "--spring.kafka.bootstrap-servers=127.0.0.1:1");

        assertThat(AuditLines.with(log, topic))
                .extracting(Object::toString)
                .containsExactly(auditLine(0), auditLine(70));
    }

    private String auditLine(int exitCode) {
        return "{\"action\":\"erase\",\"author\":\"%s\",\"target\":\"/v1/authors/%s\",\"user\":\"%s\",\"exitCode\":%d}"
                .formatted(topic, topic, System.getProperty("user.name"), exitCode);
    }

    @Test
    void erase_whileKafkaIsDown_exitsWith70_andNamesTheResult() {
        int exit = commandLine()
                .execute(
                        "--erase=alice",
                        "--spring.mongodb.uri=" + database,
                        "--spring.kafka.bootstrap-servers=127.0.0.1:1");

        assertThat(exit).isEqualTo(70);
        assertThat(err.toString()).contains("alice: the reports are deleted, but Kafka does not answer", "Kafka: ");
    }

    @Test
    void invalidCommandLine_exitsWith64_withTheRule() {
        assertThat(run("--verify", "2026-W54")).isEqualTo(64);
        assertThat(err.toString()).contains("--verify").contains("must be an ISO week such as 2026-W47");

        assertThat(run("--once", "--accept-new-log")).isEqualTo(64);
        assertThat(run("--onec")).isEqualTo(64);
        assertThat(err.toString()).contains("Unknown argument: '--onec'");
        assertThat(run("--erase", "no id")).isEqualTo(64);
        assertThat(err.toString()).contains("--erase").contains("must be 1 to 128 characters");
    }

    @Test
    void databaseDown_exitsWith70_namingMongoDb() {
        int exit = commandLine()
                .execute("--once", "--spring.mongodb.uri=mongodb://127.0.0.1:1/none?serverSelectionTimeoutMS=500");

        assertThat(exit).isEqualTo(70);
        assertThat(err.toString()).startsWith("MongoDB: ");
    }

    @Test
    void differentZone_everyCommandExitsWith70_namingBoth() throws Exception {
        createTopic();
        run("--once");

        for (String command : List.of("--once", "--accept-new-log", "--verify=" + thisWeek())) {
            assertThat(run(command, "--heartline.reports.zone=Asia/Tokyo")).isEqualTo(70);
            assertThat(err.toString()).contains("zone UTC").contains("zone Asia/Tokyo");
            err.getBuffer().setLength(0);
        }
        assertThat(run("--heartline.reports.zone=Asia/Tokyo", "--server.port=0"))
                .isEqualTo(70);
        assertThat(err.toString()).startsWith("The reports in the database are counted with zone UTC");
    }

    @Test
    void differentSecret_everyCommandExitsWith70_untilItIsAccepted() throws Exception {
        String another = "--heartline.reports.hash-secret=bm90IHRoZSBkZXZlbG9wbWVudCBrZXk=";
        createTopic();
        like("1");
        run("--once");

        for (String command : List.of("--once", "--accept-new-log", "--verify=" + thisWeek(), "--server.port=0")) {
            assertThat(run(command, another)).isEqualTo(70);
            assertThat(err.toString())
                    .startsWith("The reports in the database were counted under another hash secret")
                    .contains("report-batch --accept-new-secret");
            err.getBuffer().setLength(0);
        }
        assertThat(run("--accept-new-secret", another)).isZero();
        assertThat(out.toString()).contains("the secret is accepted: all figures stay");
        assertThat(run("--accept-new-secret", another)).isZero();
        assertThat(out.toString()).contains("the database has this secret: nothing was changed");
        like("2");
        assertThat(run("--once", another)).isZero();
        assertThat(run("--verify=" + thisWeek(), another)).isZero();
        assertThat(out.toString())
                .contains(
                        "1 reports compared with the log, 0 different",
                        "of 1 of them only the events, because they depend on other hash secrets");
        assertThat(run("--once")).as("the earlier secret is refused").isEqualTo(70);
    }

    @Test
    void acceptNewSecret_inADifferentZone_exitsWith1_andChangesNothing() throws Exception {
        String another = "--heartline.reports.hash-secret=bm90IHRoZSBkZXZlbG9wbWVudCBrZXk=";
        createTopic();
        run("--once");

        assertThat(run("--accept-new-secret", another, "--heartline.reports.zone=Asia/Tokyo"))
                .isEqualTo(1);
        assertThat(err.toString()).contains("not accepted: ", "zone UTC", "zone Asia/Tokyo");
        assertThat(run("--once")).isZero();
    }

    @Test
    void withTokens_andWithoutASecret_everyCommandExitsWith70_withInstructions() {
        for (String command : List.of("--once", "--accept-new-secret", "--server.port=0")) {
            assertThat(run(
                            command,
                            "--heartline.security.mode=jwt",
                            "--spring.security.oauth2.resourceserver.jwt.jwk-set-uri=http://127.0.0.1:1/keys"))
                    .isEqualTo(70);
            assertThat(err.toString()).contains("heartline.reports.hash-secret", "openssl rand -base64 32");
            err.getBuffer().setLength(0);
        }
    }

    @Test
    void help_namesTheCommandsAndTheirExitCodes() {
        assertThat(commandLine().execute("--help")).isZero();

        assertThat(out.toString())
                .startsWith("Usage: report-batch ")
                .contains("--once", "--verify=WEEK", "--accept-new-log", "--accept-new-secret", "--erase=AUTHOR")
                .contains("no longer reaches", "--version", "report-batch.yml");
        HelpDefaults.assertMatch(out.toString(), "report-batch");
    }

    @Test
    void version_isPrinted() {
        assertThat(commandLine().execute("--version")).isZero();

        assertThat(out.toString()).startsWith("report-batch ");
    }

    @Test
    void portInUse_isOneLine_withThePortAndTheSetting() throws IOException {
        try (ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertThat(run("--server.port=" + other.getLocalPort())).isEqualTo(70);

            assertThat(err.toString().lines())
                    .singleElement()
                    .asString()
                    .contains(
                            "report-batch could not start: port " + other.getLocalPort() + " is in use",
                            "--server.port");
        }
    }
}
