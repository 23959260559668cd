package io.heartline.reports.mongo;

import com.mongodb.ConnectionString;
import com.mongodb.reactivestreams.client.MongoClient;
import java.time.Duration;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/**
 * UP if a primary answers and progress can be read. The answer comes within a second, because a probe does not wait longer, and is
 * at most a second old. MongoDB is asked at most once a second, however many clients ask.
 */
final class MongoHealth implements ReactiveHealthIndicator, AutoCloseable {

    /** Also the timeout of each operation, so that a probe does not keep a connection without an answer. */
    static final Duration TIMEOUT = Duration.ofMillis(800);

    private static final Duration MAX_AGE = Duration.ofSeconds(1);

    private static final String PROGRESS_COLLECTION = "progress";

    private final MongoClient client;
    private final ReactiveMongoTemplate mongo;
    private final ConnectionString uri;
    private final Mono<Health> cachedHealth = Mono.defer(this::ask).cache(MAX_AGE);

    /**
     * @param client closed with this object
     * @param mongo uses this client, with {@link #TIMEOUT}
     */
    MongoHealth(MongoClient client, ReactiveMongoTemplate mongo, ConnectionString uri) {
        this.client = client;
        this.mongo = mongo;
        this.uri = uri;
    }

    @Override
    public Mono<Health> health() {
        return cachedHealth;
    }

    private Mono<Health> ask() {
        return Mono.zip(
                        HelloResponse.fetch(mongo),
                        progress(),
                        (hello, progress) -> of(hello, ReplicaSetUriCheck.problem(uri, hello)))
                .timeout(TIMEOUT)
                .onErrorResume(e -> Mono.just(Health.down(e).build()));
    }

    /** Reads a document, because a ping needs neither rights nor a primary. */
    private Mono<Document> progress() {
        return mongo.findById(0, Document.class, PROGRESS_COLLECTION).defaultIfEmpty(new Document());
    }

    /** @param problem with the URI; null if there is none */
    static Health of(HelloResponse hello, @Nullable String problem) {
        Health.Builder health = hello.isWritablePrimary()
                ? Health.up()
                : Health.down().withDetail("error", "the server is not a primary");
        if (problem != null) {
            health.withDetail("uri", problem);
        }
        return health.build();
    }

    @Override
    public void close() {
        client.close();
    }
}
