package io.heartline.reports.webhook;

import io.heartline.reports.feed.FeedLease;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.feed.pass.FeedPassSettings;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.reports.read.feed.FeedReader;
import io.heartline.reports.settings.DatabaseSettings;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(WebhookSettings.class)
class WebhookConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(WebhookConfiguration.class);
    private static final Duration MIN_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_AGE = Duration.ofSeconds(5);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(5);

    /** Delivers on the instances that enter reports, so not on a read-only replica. */
    @Bean
    @ConditionalOnWebApplication // a command delivers nothing
    WebhookWorker webhookWorker(
            WebhookSettings settings,
            FeedPassSettings pass,
            @ForRequests ReactiveMongoTemplate mongo,
            DatabaseSettings database,
            FeedReader reader,
            JsonMapper json,
            MeterRegistry registry) {
        InstantSource clock = InstantSource.system();
        FeedLease lease = new FeedLease(mongo, FeedLease.WEBHOOK, clock);
        if (!settings.isEnabled() || pass.interval() == null) {
            return new WebhookWorker(database, lease, null);
        }
        WebhookUrl url = settings.target();
        if (url.isReadableOnTheWay()) {
            logger.warn(
                    "heartline.reports.webhook.url is http, so the figures are readable on their way to {}",
                    url.origin());
        }
        return new WebhookWorker(
                database,
                lease,
                new Deliverer.Parts(
                        reader,
                        new FeedStore(mongo),
                        new WebhookStore(mongo),
                        new WebhookClient(url, settings.signer(), settings.timeout(), settings.requests(), clock),
                        settings.requests(),
                        new Backoff(MIN_BACKOFF, MAX_BACKOFF, new SplittableRandom()),
                        MAX_AGE,
                        json,
                        new WebhookMetrics(registry, clock, System::nanoTime),
                        clock,
                        System::nanoTime));
    }
}
