package io.heartline.reports;

import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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
}
