package io.heartline.reports.webhook;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.mongo.ReadTimeout;
import io.heartline.reports.read.feed.FeedReader;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.worker.TestDatabase;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Random;
import java.util.function.BooleanSupplier;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import tools.jackson.databind.json.JsonMapper;

/** The part of an instance that delivers, with short back-offs. */
final class TestWebhook implements AutoCloseable {

    static final Duration TIMEOUT = Duration.ofSeconds(5);
    static final Duration MAX_AGE = Duration.ofSeconds(1);
    static final int REQUESTS = 4;

    final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    final Deliverer.Parts parts;
    final WebhookWorker worker;

    TestWebhook(ReactiveMongoTemplate mongo, URI receiver) {
        this(mongo, receiver, TIMEOUT);
    }

    /** @param timeout for one request */
    TestWebhook(ReactiveMongoTemplate mongo, URI receiver, Duration timeout) {
        this(mongo, receiver, timeout, Duration.ofMillis(10), Duration.ofMillis(50));
    }

    /**
     * @param timeout for one request
     * @param minBackoff after the first failure
     * @param maxBackoff after many failures
     */
    TestWebhook(ReactiveMongoTemplate mongo, URI receiver, Duration timeout, Duration minBackoff, Duration maxBackoff) {
        InstantSource clock = InstantSource.system();
        DatabaseSettings settings = new DatabaseSettings(mongo, TestDatabase.CALENDAR.zone(), LikeFixtures.HASH);
        FeedStore feed = new FeedStore(mongo);
        parts = new Deliverer.Parts(
                new FeedReader(
                        new ChangeStore(mongo),
                        feed,
                        new DueReports(mongo),
                        new ErasureStore(mongo),
                        settings,
                        TestDatabase.CALENDAR,
                        new ReadTimeout(Duration.ofSeconds(8))),
                feed,
                new WebhookStore(mongo),
                new WebhookClient(
                        new WebhookUrl(receiver),
                        Signer.parse("secret", List.of(TestReceiver.SECRET)),
                        timeout,
                        REQUESTS,
                        clock),
                REQUESTS,
                new Backoff(minBackoff, maxBackoff, new Random(1)),
                MAX_AGE,
                new JsonMapper(),
                new WebhookMetrics(registry, clock, System::nanoTime),
                clock,
                System::nanoTime);
        worker = new WebhookWorker(settings, new FeedLease(mongo, FeedLease.WEBHOOK, clock), parts);
    }

    TestWebhook start() {
        worker.start();
        return this;
    }

    WebhookStore.Position position() {
        return await(
                parts.store().findOrStart(parts.feed().feed(), parts.clock().instant()));
    }

    /** Delivers on the calling thread, whether another instance has the lease or not. */
    void deliverWithoutLease(BooleanSupplier mayContinue) {
        try {
            while (mayContinue.getAsBoolean()) {
                new Deliverer(parts, position()).run(mayContinue);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    double delivered(String reason) {
        return registry.get("heartline.reports.webhook.delivered")
                .tag("reason", reason)
                .counter()
                .count();
    }

    double failures(String cause) {
        return registry.get("heartline.reports.webhook.failures")
                .tag("cause", cause)
                .counter()
                .count();
    }

    double gauge(String name) {
        return registry.get("heartline.reports.webhook." + name).gauge().value();
    }

    @Override
    public void close() {
        worker.stop();
    }
}
