package io.heartline.reports.read;

import com.mongodb.client.model.IndexOptions;
import io.heartline.reports.fold.ReportStore;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.DisposableBean;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.ApplicationListener;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.util.retry.Retry;

/** Sees to the index that the reads need, behind the back of a service that has started, and as soon as MongoDB answers. */
final class ReportIndexes implements ApplicationListener<ApplicationReadyEvent>, DisposableBean {

    private static final Logger logger = LoggerFactory.getLogger(ReportIndexes.class);
    private static final Duration SHORTEST = Duration.ofSeconds(1);
    private static final Duration LONGEST = Duration.ofMinutes(1);

    private final ReactiveMongoTemplate mongo;
    private final Disposable.Swap creation = Disposables.swap();

    ReportIndexes(ReactiveMongoTemplate mongo) {
        this.mongo = mongo;
    }

    @Override
    public void onApplicationEvent(ApplicationReadyEvent event) {
        creation.update(mongo.execute(
                        ReportStore.COLLECTION,
                        reports -> reports.createIndex(ReportReader.INDEX, new IndexOptions().name("ranking")))
                .doOnError(e -> logger.warn("the index of {} has to wait: {}", ReportStore.COLLECTION, e.toString()))
                .retryWhen(Retry.backoff(Long.MAX_VALUE, SHORTEST).maxBackoff(LONGEST))
                .subscribe());
    }

    @Override
    public void destroy() {
        creation.dispose();
    }
}
