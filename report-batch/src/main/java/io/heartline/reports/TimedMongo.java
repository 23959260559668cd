package io.heartline.reports;

import com.mongodb.ClientSessionOptions;
import com.mongodb.reactivestreams.client.ClientSession;
import com.mongodb.reactivestreams.client.MongoDatabase;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.codecs.configuration.CodecRegistry;
import org.springframework.dao.support.PersistenceExceptionTranslator;
import org.springframework.data.mongodb.ReactiveMongoDatabaseFactory;
import reactor.core.publisher.Mono;

/** A database whose operations have another timeout than the client's. They share the client's connections. */
final class TimedMongo implements ReactiveMongoDatabaseFactory {

    private final ReactiveMongoDatabaseFactory client;
    private final Duration timeout;

    TimedMongo(ReactiveMongoDatabaseFactory client, Duration timeout) {
        this.client = client;
        this.timeout = timeout;
    }

    @Override
    public Mono<MongoDatabase> getMongoDatabase() {
        return client.getMongoDatabase().map(this::timed);
    }

    @Override
    public Mono<MongoDatabase> getMongoDatabase(String name) {
        return client.getMongoDatabase(name).map(this::timed);
    }

    private MongoDatabase timed(MongoDatabase database) {
        return database.withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public PersistenceExceptionTranslator getExceptionTranslator() {
        return client.getExceptionTranslator();
    }

    @Override
    public CodecRegistry getCodecRegistry() {
        return client.getCodecRegistry();
    }

    @Override
    public Mono<ClientSession> getSession(ClientSessionOptions options) {
        return client.getSession(options);
    }

    @Override
    public ReactiveMongoDatabaseFactory withSession(ClientSession session) {
        return new TimedMongo(client.withSession(session), timeout);
    }
}
