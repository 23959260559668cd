package io.heartline.reports.run;

import static org.springframework.data.mongodb.core.query.Query.query;

import org.springframework.data.domain.Sort;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.springframework.data.mongodb.core.query.Criteria;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The {@code runs} collection: any instance answers for any run. */
class RunStore {

    private final ReactiveMongoTemplate mongo;

    RunStore(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    Mono<Run> save(Run run) {
        return mongo.save(run);
    }

    Mono<Run> find(String id) {
        return mongo.findById(id, Run.class);
    }

    /** Latest first. */
    Flux<Run> latest(int limit) {
        return mongo.find(
                query(new Criteria())
                        .with(Sort.by(Sort.Direction.DESC, "requestedAt"))
                        .limit(limit),
                Run.class);
    }
}
