package io.heartline.reports;

import com.mongodb.client.model.IndexOptions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bson.conversions.Bson;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.retry.Retry;

/** Sees to an index that queries need, behind the back of a service that has started, and as soon as MongoDB answers. */
public final class MongoIndex implements ApplicationListener<ApplicationReadyEvent>, DisposableBean {

    private static final Logger logger = LoggerFactory.getLogger(MongoIndex.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    /** A server that is told a shorter time gives up, and begins anew when it is asked again. */
    private static final int HOURS = 24;

    private final ReactiveMongoTemplate mongo;
    private final String collection;
    private final String name;
    private final Bson key;
    private final Disposable.Swap creation = Disposables.swap();

    /** @param key what is in it, by field */
    public MongoIndex(ReactiveMongoTemplate mongo, String collection, String name, Bson key) {
        this.mongo = mongo;
        this.collection = collection;
        this.name = name;
        this.key = key;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        creation.update(mongo.execute(collection, found -> found.withTimeout(HOURS, TimeUnit.HOURS)
                        .createIndex(key, new IndexOptions().name(name)))
                .doOnError(e -> logger.warn("index {} of {} has to wait: {}", name, collection, e.toString()))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, SHORTEST).maxBackoff(LONGEST))
                .subscribe());
    }

    @Override
    public void destroy() {
        creation.dispose();
    }
}
