package io.heartline.reports;

import java.time.Duration;
import org.bson.Document;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.ReactiveHealthIndicator;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.publisher.Mono;

/** Whether MongoDB answers, said within a second: whoever probes for readiness does not wait for longer. */
final class MongoHealth implements ReactiveHealthIndicator {

    private static final Duration PATIENCE = Duration.ofMillis(800);

    private final ReactiveMongoTemplate mongo;

    MongoHealth(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    @Override
    public Mono<Health> health() {
        return mongo.executeCommand(new Document("ping", 1))
                .map(answer -> Health.up().build())
                .timeout(PATIENCE)
                .onErrorResume(e -> Mono.just(Health.down(e).build()));
    }
}
