package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.Backends;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.live.EventStream;
import io.heartline.web.TestIssuer;
import io.heartline.web.limit.ConcurrencyLimit;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** The feed of an instance with tokens and small limits. */
class FeedAccessIT {

    private static final TestIssuer ISSUER = new TestIssuer();

    private final List<EventStream> opened = new ArrayList<>();
    private ConfigurableApplicationContext batch;

    @BeforeEach
    void start() {
        String[] settings = Stream.concat(
                        Stream.of(ISSUER.settings()),
                        Stream.of(
                                "spring.config.name=report-batch",
                                "server.port=0",
                                "spring.mongodb.uri=" + Backends.newDatabase(),
                                "spring.kafka.bootstrap-servers=" + Backends.bootstrapServers(),
                                "heartline.reports.topic=" + Backends.unique("likes"),
                                "heartline.reports.hash-secret=" + KeyedHash.DEVELOPMENT_SECRET,
                                "heartline.reports.schedule=-",
                                "heartline.reports.feed.clients=3",
                                "heartline.reports.feed.clients-per-caller=2"))
                .map(setting -> "--" + setting)
                .toArray(String[]::new);
        batch = new SpringApplicationBuilder(ReportBatchApplication.class).run(settings);
    }

    @AfterEach
    void stop() {
        opened.forEach(EventStream::close);
        batch.close();
    }

    private EventStream open(String token) throws Exception {
        String port = batch.getEnvironment().getProperty("local.server.port");
        EventStream stream = EventStream.open(
                "http://localhost:" + port + "/v1/reports/changes", "Authorization", "Bearer " + token);
        opened.add(stream);
        return stream;
    }

    private static String any(String subject) {
        return ISSUER.token(subject, "reports:read:any");
    }

    private double refusals(String reason) {
        return batch.getBean(MeterRegistry.class)
                .get("heartline.reports.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    @Test
    void feed_needsTheScopeForAllReports() throws Exception {
        assertThat(open(ISSUER.token("alice", "reports:read")).status()).isEqualTo(403);
        assertThat(open(any("analyst")).next().name()).isEqualTo("next");
    }

    @Test
    void eachLimit_refusesTheNextClient() throws Exception {
        open(any("bob")).next();
        open(any("bob")).next();
        EventStream thirdOfBob = open(any("bob"));
        assertThat(thirdOfBob.status()).isEqualTo(429);
        assertThat(thirdOfBob.header("Retry-After")).isEqualTo("5");
        assertThat(thirdOfBob.problem().path("detail").stringValue())
                .isEqualTo(
                        "2 requests of this caller wait for changes on this instance already, which is the maximum of"
                                + " one caller (heartline.reports.feed.clients-per-caller).");
        open(any("carol")).next();
        EventStream fourth = open(any("dave"));
        assertThat(fourth.status()).isEqualTo(503);
        assertThat(fourth.problem().path("detail").stringValue())
                .isEqualTo("3 requests wait for changes on this instance already, which is the maximum"
                        + " (heartline.reports.feed.clients).");
        assertThat(refusals("feed-clients")).isOne();
        assertThat(refusals("feed-clients-per-caller")).isOne();

        opened.get(0).close();
        ConcurrencyLimit permits = batch.getBean("feedPermits", ConcurrencyLimit.class);
        await().until(() -> permits.acquired() == 2);
        assertThat(open(any("dave")).next().name()).isEqualTo("next");
    }

    @Test
    void expiredToken_endsTheStream() throws Exception {
        open(any("analyst")).next(); // the first request takes longer
        Instant expiry = Instant.now().plusSeconds(2);
        EventStream stream = open(ISSUER.expiring(expiry, "analyst", "reports:read:any"));
        assertThat(stream.next().name()).isEqualTo("next");

        EventStream.Event expired = stream.next();

        assertThat(expired.name()).isEqualTo("expired");
        assertThat(expired.data().toString()).isEqualTo("{}");
        assertThat(Instant.now()).isBetween(expiry.minusSeconds(1), expiry.plusSeconds(3));
        assertThat(stream.next().name()).isEqualTo("end");
        assertThat(stream.endedNormally()).isTrue();
    }

    @Test
    void stoppingInstance_endsStreams_withoutTheirExpiry() throws Exception {
        EventStream stream = open(any("analyst"));
        stream.next();

        batch.close();

        assertThat(stream.next().name()).isEqualTo("end");
        assertThat(stream.endedNormally()).isTrue();
    }
}
