package io.heartline.reports.mongo;

import com.mongodb.MongoException;
import com.mongodb.client.model.IndexOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.conversions.Bson;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Mono;
import reactor.util.retry.Retry;

/**
 * Creates an index that queries need, after the service has started and as soon as MongoDB answers. The name ends in the version
 * of the key. So a later release can have another key while instances of this release still run.
 */
public final class MongoIndex implements ApplicationListener<ApplicationReadyEvent>, DisposableBean {

    private static final int SAME_KEY_UNDER_ANOTHER_NAME = 85;
    private static final int SAME_NAME_WITH_ANOTHER_KEY = 86;

    private static final Logger logger = LoggerFactory.getLogger(MongoIndex.class);
    private static final Duration MIN_BACKOFF = Duration.ofSeconds(1);
    private static final Duration MAX_BACKOFF = Duration.ofMinutes(1);

    /** With a shorter timeout, the server would abort a long creation and begin anew at each retry. */
    private static final int TIMEOUT_HOURS = 24;

    private final ReactiveMongoTemplate mongo;
    private final String collection;
    private final String name;
    private final Bson key;
    private final @Nullable Bson filter;
    private final Disposable.Swap creation = Disposables.swap();

    /**
     * Prepares an index, which is created in MongoDB after the service has started.
     *
     * @param mongo the template whose database has the collection
     * @param collection the collection to index
     * @param name the name of the index, which ends in the version of its key
     * @param key the indexed fields
     */
    public MongoIndex(ReactiveMongoTemplate mongo, String collection, String name, Bson key) {
        this(mongo, collection, name, key, null);
    }

    /**
     * Prepares an index of some documents, which is created in MongoDB after the service has started.
     *
     * @param mongo the template whose database has the collection
     * @param collection the collection to index
     * @param name the name of the index, which ends in the version of its key
     * @param key the indexed fields
     * @param filter the documents to index; null for all
     */
    public MongoIndex(ReactiveMongoTemplate mongo, String collection, String name, Bson key, @Nullable Bson filter) {
        this.mongo = mongo;
        this.collection = collection;
        this.name = name;
        this.key = key;
        this.filter = filter;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        creation.update(retryUntilCreated(create(), name, collection).subscribe());
    }

    private Mono<String> create() {
        return mongo.execute(collection, mongoCollection -> mongoCollection
                        .withTimeout(TIMEOUT_HOURS, TimeUnit.HOURS)
                        .createIndex(key, options(name, filter)))
                .next();
    }

    private static IndexOptions options(String name, @Nullable Bson filter) {
        IndexOptions options = new IndexOptions().name(name);
        return filter == null ? options : options.partialFilterExpression(filter);
    }

    /** Retries until the index exists or cannot be created. */
    static Mono<String> retryUntilCreated(Mono<String> creation, String name, String collection) {
        return creation.onErrorResume(e -> hasErrorCode(SAME_KEY_UNDER_ANOTHER_NAME, e), e -> {
                    logger.info("index {} of {}: another index with the same key is used instead", name, collection);
                    return Mono.empty();
                })
                .onErrorResume(e -> hasErrorCode(SAME_NAME_WITH_ANOTHER_KEY, e), e -> {
                    logger.error(
                            "index {} of {} exists with another key, so queries read every report: drop it and restart",
                            name,
                            collection);
                    return Mono.empty();
                })
                .doOnError(e -> logger.warn("index {} of {} is not created yet: {}", name, collection, e.toString()))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, MIN_BACKOFF).maxBackoff(MAX_BACKOFF));
    }

    /** Returns whether MongoDB answered with this code. The driver throws its own exception, and a template wraps that. */
    private static boolean hasErrorCode(int code, Throwable e) {
        return e instanceof MongoException error && error.getCode() == code
                || e.getCause() instanceof MongoException cause && cause.getCode() == code;
    }

    @Override
    public void destroy() {
        creation.dispose();
    }
}
