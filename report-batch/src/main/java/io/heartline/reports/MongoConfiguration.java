package io.heartline.reports;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@Configuration(proxyBeanMethods = false)
class MongoConfiguration {

    private static final int ANSWER_SECONDS = 5;

    /** A fold that decides by what it reads, and moves on by what it wrote, must not have either rolled back. */
    @Bean
    MongoClientSettingsBuilderCustomizer majority() {
        return settings -> settings.writeConcern(WriteConcern.MAJORITY)
                .readConcern(ReadConcern.MAJORITY)
                .readPreference(ReadPreference.primary());
    }

    /** A reader is told soon that the database is down. */
    @Bean
    MongoClientSettingsBuilderCustomizer impatience() {
        return settings -> settings.applyToClusterSettings(
                cluster -> cluster.serverSelectionTimeout(ANSWER_SECONDS, TimeUnit.SECONDS));
    }

    /** Part of readiness. In place of Boot's, which lists all databases and waits as long as any reader would. */
    @Bean
    ReactiveHealthIndicator mongoHealthIndicator(ReactiveMongoTemplate mongo) {
        return new MongoHealth(mongo);
    }
}
