package io.heartline.reports.settings;

import io.heartline.reports.failure.HashSecretException;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.mongo.ForRequests;
import io.heartline.web.security.SecuritySettings;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;

@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(HashSettings.class)
class SettingsConfiguration {

    private static final Logger logger = LoggerFactory.getLogger(SettingsConfiguration.class);

    @Bean
    KeyedHash keyedHash(HashSettings settings, SecuritySettings security) {
        KeyedHash hash = settings.hash();
        if (hash != null) {
            return hash;
        }
        if (security.mode() == SecuritySettings.Mode.JWT) {
            throw new HashSecretException(
                    "heartline.reports.hash-secret is not set, and heartline.security.mode is jwt."
                            + " Make a secret: openssl rand -base64 32");
        }
        logger.warn(
                "heartline.reports.hash-secret is not set, so likers are hashed under the published development key");
        return KeyedHash.development();
    }

    /** Has the short timeouts of requests, because readers and probes wait for it, too. */
    @Bean
    DatabaseSettings databaseSettings(@ForRequests ReactiveMongoTemplate mongo, WeekCalendar calendar, KeyedHash hash) {
        return new DatabaseSettings(mongo, calendar.zone(), hash);
    }

    /** The health contributor {@code settings}. */
    @Bean
    SettingsHealth settingsHealthIndicator(DatabaseSettings settings) {
        return new SettingsHealth(settings.checkUntilEqual());
    }

    @Bean
    @ConditionalOnWebApplication // a command compares the settings itself
    SettingsStartupCheck settingsStartupCheck(DatabaseSettings settings) {
        return new SettingsStartupCheck(settings);
    }
}
