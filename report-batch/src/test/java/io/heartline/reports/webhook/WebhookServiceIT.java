package io.heartline.reports.webhook;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.worker.TestDatabase;
import io.heartline.web.CapturedLog;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.web.reactive.function.client.WebClient;

/** The settings of the webhook in a service that starts, delivers and stops. */
@ExtendWith(CapturedLog.class)
class WebhookServiceIT {

    private static final String URL = "heartline.reports.webhook.url=";
    private static final String SECRET = "heartline.reports.webhook.secret=";
    private static final String NEVER = "heartline.reports.schedule=-";
    private static final String DAILY = "heartline.reports.schedule=0 0 0 * * *";

    private final TestDatabase database = new TestDatabase();
    private TestReceiver receiver;

    @BeforeEach
    void open() throws Exception {
        receiver = new TestReceiver();
    }

    @AfterEach
    void close() {
        receiver.close();
        database.close();
        assertThat(receiver.violations).isEmpty();
    }

    private ConfigurableApplicationContext start(String... settings) {
        return new SpringApplicationBuilder(ReportBatchApplication.class)
                .run(Stream.concat(
                                Stream.of(
                                        "spring.config.name=report-batch",
                                        "server.port=0",
                                        "spring.mongodb.uri=" + database.uri,
                                        "spring.kafka.bootstrap-servers=" + Backends.bootstrapServers(),
                                        "heartline.reports.topic=" + Backends.unique("likes")),
                                Stream.of(settings))
                        .map(setting -> "--" + setting)
                        .toArray(String[]::new));
    }

    private void enter() {
        new TestReports(database, false).seal("alice");
    }

    private static String metrics(ConfigurableApplicationContext batch) {
        return WebClient.create("http://localhost:" + batch.getEnvironment().getProperty("local.server.port"))
                .get()
                .uri("/actuator/prometheus")
                .retrieve()
                .bodyToMono(String.class)
                .block();
    }

    @Test
    void service_delivers_andShowsMetrics(CapturedOutput output) {
        try (ConfigurableApplicationContext batch = start(DAILY, URL + receiver.uri(), SECRET + TestReceiver.SECRET)) {
            enter();

            await().until(() -> receiver.applied.size() == 2);

            await().untilAsserted(() -> assertThat(metrics(batch))
                    .contains(
                            "heartline_reports_webhook_delivered_total{reason=\"sealed\"} 1.0",
                            "heartline_reports_webhook_delivered_total{reason=\"restarted\"} 1.0",
                            "heartline_reports_webhook_failures_total{cause=\"timeout\"} 0.0",
                            "heartline_reports_webhook_oldest_age_seconds 0.0",
                            "heartline_reports_webhook_failing_seconds 0.0"));
        }
        assertThat(output).doesNotContain("heartline.reports.webhook.url is http", "query-token", TestReceiver.SECRET);
    }

    @Test
    void readOnlyReplica_deliversNothing() {
        try (ConfigurableApplicationContext batch = start(NEVER, URL + receiver.uri(), SECRET + TestReceiver.SECRET)) {
            enter();

            await().pollDelay(Duration.ofSeconds(3)).until(receiver.received::isEmpty);
            assertThat(metrics(batch)).doesNotContain("heartline_reports_webhook");
        }
    }

    @Test
    void withoutUrl_nothingIsDelivered_andThereAreNoMetrics() {
        try (ConfigurableApplicationContext batch = start(DAILY)) {
            assertThat(batch.getBean(WebhookWorker.class).isRunning()).isFalse();
            assertThat(batch.getBean(MeterRegistry.class).getMeters())
                    .noneMatch(meter -> meter.getId().getName().contains("webhook"));
        }
    }

    @Test
    void stop_endsWhileTheReceiverIsSilent() {
        receiver.answers = message -> receiver.silence();
        ConfigurableApplicationContext batch = start(
                DAILY, URL + receiver.uri(), SECRET + TestReceiver.SECRET, "heartline.reports.webhook.timeout=2s");
        await().until(() -> receiver.received.size() == 1);

        long start = System.nanoTime();
        batch.close();

        assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
    }

    @Test
    void httpBeyondLoopback_isLogged(CapturedOutput output) {
        start(DAILY, URL + "http://192.0.2.1:8080/path-token?query-token", SECRET + TestReceiver.SECRET)
                .close();

        assertThat(output)
                .contains("heartline.reports.webhook.url is http, so the figures are readable on their way to"
                        + " http://192.0.2.1:8080")
                .doesNotContain("path-token", "query-token");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "https://example.com | | heartline.reports.webhook.secret is not set",
                "https://example.com | c2VjcmV0IHZhbHVl | heartline.reports.webhook.secret must be whsec_ and Base64 of 24 to 64 bytes, and has 12",
                "https://example.com | whsec_c2VjcmV0IHZhbHVl* | heartline.reports.webhook.secret must be whsec_ and Base64 of 24 to 64 bytes, and is not Base64",
                "example.com/hooks | whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | heartline.reports.webhook.url must be an absolute URL, http or https, with a host",
                "https://u:c2VjcmV0IHZhbHVl@example.com | whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw | heartline.reports.webhook.url must have no user name and no password",
            })
    void wrongSetting_startFails_namingTheSettingButNotTheValue(
            String url, String secret, String message, CapturedOutput output) {
        assertThatExceptionOfType(RuntimeException.class)
                .isThrownBy(() -> start(NEVER, URL + url, SECRET + (secret == null ? "" : secret))
                        .close())
                .havingRootCause()
                .withMessageStartingWith(message);

        assertThat(output)
                .contains("APPLICATION FAILED TO START", message)
                .doesNotContain("c2VjcmV0IHZhbHVl", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw");
    }
}
