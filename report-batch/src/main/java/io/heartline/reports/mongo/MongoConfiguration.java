package io.heartline.reports.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import com.mongodb.ReadConcern;
import com.mongodb.ReadPreference;
import com.mongodb.WriteConcern;
import com.mongodb.reactivestreams.client.MongoClient;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.boot.mongodb.autoconfigure.MongoConnectionDetails;
import org.springframework.boot.mongodb.autoconfigure.MongoProperties;
import org.springframework.boot.mongodb.autoconfigure.ReactiveMongoClientFactory;
import org.springframework.boot.mongodb.autoconfigure.StandardMongoClientSettingsBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.SimpleReactiveMongoDatabaseFactory;
import org.springframework.data.mongodb.core.convert.MongoConverter;

/** The client for MongoDB. Each {@link ReactiveMongoTemplate} shares its connections and has a timeout of its own. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(MongoSettings.class)
class MongoConfiguration {

    private static final int SERVER_SELECTION_SECONDS = 5;

    /** A probe has two concurrent operations, and those of the previous probe may still be waiting. */
    private static final int PROBE_CONNECTIONS = 4;

    /** Firewalls and load balancers drop idle connections without closing them, some of them after four minutes. */
    private static final int MAX_IDLE_SECONDS = 120;

    @Bean
    MongoEventLoops mongoEventLoops() {
        return new MongoEventLoops();
    }

    /** The settings that all clients start from. Spring closes the clients before the threads, because they depend on them. */
    @Bean
    MongoClientSettings mongoClientSettings(MongoEventLoops loops) {
        return MongoClientSettings.builder()
                .transportSettings(loops.transport())
                .build();
    }

    /** Applies the URI. Spring Boot has this bean only without {@link #mongoClientSettings}. */
    @Bean
    StandardMongoClientSettingsBuilderCustomizer uri(MongoConnectionDetails connection, MongoProperties properties) {
        return new StandardMongoClientSettingsBuilderCustomizer(
                connection, properties.getRepresentation().getUuid());
    }

    /** A run depends on the documents that it has read and written, so a failover must not roll them back. */
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

    /** Returns the template for requests, whose clients wait. The template without {@link ForRequests} is for runs. */
    @Bean(defaultCandidate = false)
    @ForRequests
    ReactiveMongoTemplate requestMongo(
            ReactiveMongoDatabaseFactory client, MongoConverter converter, MongoSettings settings) {
        return new ReactiveMongoTemplate(new DatabaseFactoryWithTimeout(client, settings.readTimeout()), converter);
    }

    @Bean
    MongoOutageLogger mongoOutageLogger() {
        return new MongoOutageLogger(InstantSource.system());
    }

    @Bean
    ReadTimeout readTimeout(MongoSettings settings) {
        return new ReadTimeout(settings.readTimeout());
    }

    /** Part of readiness. Replaces the indicator of Spring Boot, which lists all databases and waits as long as any request. */
    @Bean
    MongoHealth mongoHealthIndicator(
            MongoClientSettings settings,
            ObjectProvider<MongoClientSettingsBuilderCustomizer> customizers,
            ReactiveMongoDatabaseFactory database,
            MongoConverter converter,
            MongoConnectionDetails connection) {
        MongoClient client = probeClient(settings, customizers);
        String name = database.getMongoDatabase().block().getName();
        DatabaseFactoryWithTimeout timed = new DatabaseFactoryWithTimeout(
                new SimpleReactiveMongoDatabaseFactory(client, name), MongoHealth.TIMEOUT);
        return new MongoHealth(client, new ReactiveMongoTemplate(timed, converter), connection.getConnectionString());
    }

    /**
     * Creates a client with its own connections. Otherwise a probe would wait while requests and runs use all connections, and under
     * load every instance would go out of service although MongoDB answers.
     */
    private static MongoClient probeClient(
            MongoClientSettings settings, ObjectProvider<MongoClientSettingsBuilderCustomizer> customizers) {
        List<MongoClientSettingsBuilderCustomizer> all =
                new ArrayList<>(customizers.orderedStream().toList());
        all.add(client ->
                client.applyToConnectionPoolSettings(pool -> pool.minSize(0).maxSize(PROBE_CONNECTIONS)));
        return new ReactiveMongoClientFactory(all).createMongoClient(settings);
    }

    @Bean
    ReplicaSetUriCheck replicaSetUriCheck(MongoConnectionDetails connection, @ForRequests ReactiveMongoTemplate mongo) {
        return new ReplicaSetUriCheck(connection.getConnectionString(), mongo);
    }
}
