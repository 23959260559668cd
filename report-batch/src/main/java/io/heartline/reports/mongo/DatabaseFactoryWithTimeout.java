package io.heartline.reports.mongo;

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
final class DatabaseFactoryWithTimeout implements ReactiveMongoDatabaseFactory {

    private final ReactiveMongoDatabaseFactory delegate;
    private final Duration timeout;

    DatabaseFactoryWithTimeout(ReactiveMongoDatabaseFactory delegate, Duration timeout) {
        this.delegate = delegate;
        this.timeout = timeout;
    }

    @Override
    public Mono<MongoDatabase> getMongoDatabase() {
        return delegate.getMongoDatabase().map(this::withTimeout);
    }

    @Override
    public Mono<MongoDatabase> getMongoDatabase(String name) {
        return delegate.getMongoDatabase(name).map(this::withTimeout);
    }

    private MongoDatabase withTimeout(MongoDatabase database) {
        return database.withTimeout(timeout.toMillis(), TimeUnit.MILLISECONDS);
    }

    @Override
    public PersistenceExceptionTranslator getExceptionTranslator() {
        return delegate.getExceptionTranslator();
    }

    @Override
    public CodecRegistry getCodecRegistry() {
        return delegate.getCodecRegistry();
    }

    @Override
    public Mono<ClientSession> getSession(ClientSessionOptions options) {
        return delegate.getSession(options);
    }

    @Override
    public ReactiveMongoDatabaseFactory withSession(ClientSession session) {
        return new DatabaseFactoryWithTimeout(delegate.withSession(session), timeout);
    }
}
