package io.heartline.reports.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import com.mongodb.event.CommandListener;
import com.mongodb.event.CommandStartedEvent;
import io.heartline.events.Liked;
import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.HashSecretException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunService;
import io.heartline.reports.worker.TestApplication;
import io.heartline.reports.worker.TestDatabase;
import io.heartline.web.TestIssuer;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.threeten.extra.YearWeek;

/** The secrets with which a service starts. No secret appears in its output. */
@Isolated("captures the output of the JVM")
@Tag("slow")
@ExtendWith(OutputCaptureExtension.class)
class HashSecretIT {

    private static final byte[] BYTES = "a secret of this test only".getBytes(StandardCharsets.US_ASCII);
    private static final String SECRET = Base64.getEncoder().encodeToString(BYTES);
    private static final String SETTING = "heartline.reports.hash-secret=" + SECRET;
    private static final String DEVELOPMENT = "heartline.reports.hash-secret=" + KeyedHash.DEVELOPMENT_SECRET;
    private static final String WARNING = "published development key";

    private final TestDatabase database = new TestDatabase();
    private final Queue<String> sent = new ConcurrentLinkedQueue<>();

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void openMode_withoutASecret_warnsOnce_andUsesTheDevelopmentKey(CapturedOutput output) {
        start().close();

        assertThat(output.toString().split(WARNING, -1)).hasSize(2);
        start(DEVELOPMENT).close();
    }

    @Test
    void configuredDevelopmentKey_doesNotWarn_evenWithTokens(CapturedOutput output) {
        start(DEVELOPMENT).close();
        start(withTokens(DEVELOPMENT)).close();

        assertThat(output).doesNotContain(WARNING);
    }

    @Test
    void withTokens_andWithoutASecret_startFails_withInstructions(CapturedOutput output) {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> start(withTokens()).close())
                .withRootCauseInstanceOf(HashSecretException.class);

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "heartline.reports.hash-secret is not set",
                        "openssl rand -base64 32",
                        "HEARTLINE_REPORTS_HASH_SECRET_FILE")
                .doesNotContain("Netty started", WARNING);
    }

    @Test
    void invalidSecret_startFails_namingTheSettingButNotTheValue(CapturedOutput output) {
        for (String[] wrong : new String[][] {
            {"heartline.reports.hash-secret=dG9vIHNob3J0"},
            {"heartline.reports.hash-secret=no*Base64*at*all*********"},
            {SETTING, "heartline.reports.hash-secret-file=/run/secrets/hash"},
            {"heartline.reports.hash-secret-file=/no/such/file"}
        }) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> start(wrong).close())
                    .withRootCauseInstanceOf(HashSecretException.class)
                    .havingRootCause()
                    .withMessageContaining("heartline.reports.hash-secret");
        }

        assertThat(output)
                .contains("APPLICATION FAILED TO START")
                .doesNotContain("dG9vIHNob3J0", "no*Base64*at*all", SECRET, "Netty started");
    }

    @Test
    void secretFromAFile_isUsed(@TempDir Path folder) throws Exception {
        start(SETTING).close();
        Path file = Files.writeString(folder.resolve("secret"), SECRET + "\n");

        try (ConfigurableApplicationContext batch = start("heartline.reports.hash-secret-file=" + file)) {
            assertThat(batch.getBean(KeyedHash.class).checkValue()).isEqualTo(new KeyedHash(BYTES).checkValue());
        }
    }

    @Test
    void differentSecret_startFails_namingTheCommand(CapturedOutput output) {
        start(DEVELOPMENT).close();

        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> start(SETTING).close())
                .withRootCauseInstanceOf(DifferentSettingsException.class);

        assertThat(output)
                .contains(
                        "APPLICATION FAILED TO START",
                        "under another hash secret",
                        "report-batch --accept-new-secret",
                        "docs/upgrading.md");
    }

    /** Earlier releases stored reports, but no settings. */
    @Test
    void reportsWithoutSettings_startFails_namingTheCommand_andWritesNoSettings(CapturedOutput output) {
        WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), "alice"), "epoch", 0);
        report.fold(LikeFixtures.HASH, new Liked("e", "p-1", "alice", "bob", LikeFixtures.MONDAY), 0, 0);
        new ReportStore(database.mongo).save(List.of(report)).block();

        for (int start = 0; start < 2; start++) {
            assertThatExceptionOfType(RuntimeException.class)
                    .isThrownBy(() -> start(SETTING).close())
                    .withRootCauseInstanceOf(DifferentSettingsException.class);
        }

        assertThat(output).contains("without a hash secret", "report-batch --accept-new-secret");
        assertThat(database.mongo.collectionExists("settings").block()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void secret_appearsInNoLogResponseDocumentOrCommand(boolean hasTokens, CapturedOutput output) throws Exception {
        TestTopic likes = TestTopic.create(1);
        likes.append(TestDatabase.randomLikes(100));
        String[] settings = {
            SETTING, "heartline.reports.topic=" + likes.topic, "heartline.reports.queue-poll-interval=100ms"
        };
        List<String> answers = new ArrayList<>();
        try (ConfigurableApplicationContext batch = start(hasTokens ? withTokens(settings) : settings)) {
            Run run = batch.getBean(RunService.class).enqueue(Run.ON_REQUEST).block();
            TestApplication.join(batch, run);
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> database.figures("alice").likes() > 0);
            for (String path : List.of(
                    "/v1/authors/alice/reports/" + TestDatabase.WEEK,
                    "/actuator",
                    "/actuator/health",
                    "/actuator/health/readiness",
                    "/actuator/prometheus",
                    "/actuator/env",
                    "/actuator/configprops",
                    "/page/settings.json")) {
                answers.add(get(batch, path).body());
            }
            answers.add(batch.getBean(HashSettings.class).toString());
            answers.add(batch.getBean(KeyedHash.class).toString());
        }

        assertThat(sent).anyMatch(command -> command.contains("secretCheck"));
        String all = output + String.join("\n", answers) + String.join("\n", sent);
        assertThat(all).doesNotContain(SECRET, new String(BYTES, StandardCharsets.US_ASCII));
    }

    private static HttpResponse<String> get(ConfigurableApplicationContext batch, String path) throws Exception {
        String url = "http://localhost:" + batch.getEnvironment().getProperty("local.server.port");
        return HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(URI.create(url + path)).build(), BodyHandlers.ofString());
    }

    private static String[] withTokens(String... settings) {
        return Stream.concat(Stream.of(new TestIssuer().settings()), Stream.of(settings))
                .toArray(String[]::new);
    }

    private ConfigurableApplicationContext start(String... settings) {
        CommandListener listener = new CommandListener() {
            @Override
            public void commandStarted(CommandStartedEvent event) {
                sent.add(event.getCommand().toJson());
            }
        };
        return TestApplication.start(
                listener,
                database.uri,
                Stream.concat(
                                Stream.of(
                                        "heartline.reports.schedule=-",
                                        "spring.kafka.bootstrap-servers=" + Backends.bootstrapServers()),
                                Stream.of(settings))
                        .toArray(String[]::new));
    }
}
