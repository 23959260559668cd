package io.heartline.reports;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.boot.mongodb.autoconfigure.MongoConnectionDetails;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.convert.MongoConverter;

/** The client for MongoDB. Each {@link ReactiveMongoTemplate} shares its connections and has a timeout of its own. */
@Configuration(proxyBeanMethods = false)
class MongoConfiguration {

    private static final int SERVER_SELECTION_SECONDS = 5;

    /** Firewalls and load balancers forget idle connections without closing them, the first of them after four minutes. */
    private static final int MAX_IDLE_SECONDS = 120;

    /** A fold that decides by what it reads, and moves on by what it wrote, must not have either rolled back. */
    @Bean
    MongoClientSettingsBuilderCustomizer majority() {
        return settings -> settings.writeConcern(WriteConcern.MAJORITY)
                .readConcern(ReadConcern.MAJORITY)
                .readPreference(ReadPreference.primary());
    }

    @Bean
    MongoClientSettingsBuilderCustomizer timeouts(MongoSettings settings, MongoConnectionDetails connection) {
        return client -> timeouts(client, settings, connection.getConnectionString());
    }

    /** Sets what the URI leaves open, and the timeout of operations in any case. */
    static void timeouts(MongoClientSettings.Builder client, MongoSettings settings, ConnectionString uri) {
        client.timeout(settings.timeout().toMillis(), TimeUnit.MILLISECONDS);
        if (uri.getServerSelectionTimeout() == null) {
            client.applyToClusterSettings(
                    cluster -> cluster.serverSelectionTimeout(SERVER_SELECTION_SECONDS, TimeUnit.SECONDS));
        }
        if (uri.getMaxConnectionIdleTime() == null) {
            client.applyToConnectionPoolSettings(
                    pool -> pool.maxConnectionIdleTime(MAX_IDLE_SECONDS, TimeUnit.SECONDS));
        }
    }

    /** Returns the template for requests, whose clients wait. The template without {@link ForReaders} is for runs. */
    @Bean(defaultCandidate = false)
    @ForReaders
    ReactiveMongoTemplate readersMongo(
            ReactiveMongoDatabaseFactory client, MongoConverter converter, MongoSettings settings) {
        return new ReactiveMongoTemplate(new TimedMongo(client, settings.readTimeout()), converter);
    }

    @Bean
    ReadLimit readLimit(MongoSettings settings) {
        return new ReadLimit(settings.readTimeout());
    }

    /** Part of readiness. In place of Boot's, which lists all databases and waits as long as any reader would. */
    @Bean
    ReactiveHealthIndicator mongoHealthIndicator(
            ReactiveMongoDatabaseFactory client, MongoConverter converter, MongoConnectionDetails connection) {
        TimedMongo timed = new TimedMongo(client, MongoHealth.TIMEOUT);
        return new MongoHealth(new ReactiveMongoTemplate(timed, converter), connection.getConnectionString());
    }

    @Bean
    MongoMember mongoMember(MongoConnectionDetails connection, @ForReaders ReactiveMongoTemplate mongo) {
        return new MongoMember(connection.getConnectionString(), mongo);
    }
}
