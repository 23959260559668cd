package io.heartline.reports.feed;

import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.ReportKey;
import java.util.Collection;
import java.util.List;
import org.bson.Document;
import org.springframework.data.mongodb.core.ReactiveMongoTemplate;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** The stores of the feed that call a listener before and after each write. The listener may throw, as a crash does. */
public final class FaultyFeed {

    /** The changes. */
    public final ChangeStore changes;
    /** The passes. */
    public final FeedStore feed;
    /** The marks of reports. */
    public final DueReports due;

    private final Runnable onStep;

    /**
     * Creates stores of a database.
     *
     * @param mongo the client of the database
     * @param onStep called before and after each write, on the thread of the writer
     */
    public FaultyFeed(ReactiveMongoTemplate mongo, Runnable onStep) {
        this.onStep = onStep;
        changes = new Changes(mongo);
        feed = new Feed(mongo);
        due = new Due(mongo);
    }

    private <T> Mono<T> step(Mono<T> write) {
        return Mono.fromRunnable(onStep).then(write).doOnTerminate(onStep);
    }

    private final class Changes extends ChangeStore {
        Changes(ReactiveMongoTemplate mongo) {
            super(mongo);
        }

        @Override
        Mono<Integer> insert(List<Document> documents) {
            int half = documents.size() / 2;
            if (half == 0) {
                return step(super.insert(documents));
            }
            return step(super.insert(documents.subList(0, half)))
                    .flatMap(inserted -> inserted < half
                            ? Mono.just(inserted)
                            : step(super.insert(documents.subList(half, documents.size())))
                                    .map(rest -> half + rest));
        }

        @Override
        Mono<Void> removeBefore(String authorId, Collection<YearWeek> weeks, long number) {
            return step(super.removeBefore(authorId, weeks, number));
        }
    }

    private final class Feed extends FeedStore {
        Feed(ReactiveMongoTemplate mongo) {
            super(mongo);
        }

        @Override
        public Mono<Void> advancePass(YearWeek week, String lastAuthor) {
            return step(super.advancePass(week, lastAuthor));
        }

        @Override
        public Mono<Void> raiseErasedThrough(long number) {
            return step(super.raiseErasedThrough(number));
        }

        @Override
        public Mono<Void> finishPass(YearWeek week) {
            return step(super.finishPass(week));
        }
    }

    private final class Due extends DueReports {
        Due(ReactiveMongoTemplate mongo) {
            super(mongo);
        }

        @Override
        public Mono<Void> unmark(Collection<DueReport> entered) {
            return step(super.unmark(entered));
        }

        @Override
        public Mono<Void> mark(Collection<ReportKey> keys) {
            return keys.isEmpty() ? super.mark(keys) : step(super.mark(keys));
        }
    }
}
