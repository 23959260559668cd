package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.feed.FaultyFeed;
import io.heartline.reports.feed.pass.TestFeed;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.worker.TestDatabase;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedErasureIT {

    private static final ReportKey KEY = new ReportKey(TestDatabase.WEEK, "alice");

    private final TestDatabase database = new TestDatabase();
    private final Mirror mirror = new Mirror(database);
    private final List<LikeEvent> events = LikeFixtures.of("alice", 20, 1);
    private TestTopic likes;

    /** The end of an instance that erases. */
    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void entered() throws Exception {
        likes = TestTopic.create(1);
        likes.append(events);
        database.batch(likes).run();
        enter();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void enter() {
        new TestFeed(database, () -> {}).enterMissing();
    }

    private List<FeedReport> wholeFeed() {
        return mirror.reader.read("after", null, 1_000).block().items().stream()
                .map(FeedItem::report)
                .toList();
    }

    private Eraser eraser(Runnable onStep) {
        return new Eraser(
                likes.clients(10),
                new ErasureStore(database.mongo),
                new ReportStore(database.mongo),
                new ErasedChanges(new FaultyFeed(database.mongo, onStep).changes),
                new ProgressStore(database.mongo),
                database.clock);
    }

    @Test
    void afterAnErasure_theFeedHasNoEarlierFigures_andAMirrorDeletesTheReport() {
        mirror.applyAll();
        assertThat(mirror.reports).containsKey(KEY);

        eraser(() -> {}).erase("alice");

        assertThat(wholeFeed()).containsExactly(FeedReport.Erased.of(KEY));
        mirror.applyAll();
        assertThat(mirror.reports).isEmpty();
    }

    @Test
    void crashAtAnyStepOfAnErasure_isCompletedByTheNextRun() {
        mirror.applyAll();
        boolean isCrashed = true;
        for (int step = 0; isCrashed; step++) {
            int crashAt = step;
            AtomicInteger steps = new AtomicInteger();
            try {
                eraser(() -> {
                            if (steps.getAndIncrement() == crashAt) {
                                throw new Crash();
                            }
                        })
                        .erase("alice");
                isCrashed = false;
            } catch (Crash e) {
                assertThat(wholeFeed())
                        .as("after a crash at step %s", step)
                        .doesNotHaveAnyElementsOfTypes(FeedReport.Sealed.class);
            }
        }
        database.batch(likes).findsWork();
        enter();

        mirror.applyAll();
        assertThat(mirror.reports).isEmpty();
    }

    @Test
    void likesAfterAnErasure_areEnteredAgain() throws Exception {
        mirror.applyAll();
        eraser(() -> {}).erase("alice");
        likes.append(List.of(new Liked("e-new", "p-1", "alice", "bob", LikeFixtures.MONDAY)));
        database.batch(likes).run();
        enter();

        mirror.applyAll();

        assertThat(mirror.reports.get(KEY))
                .isInstanceOfSatisfying(FeedReport.Sealed.class, report -> assertThat(report.likes())
                        .isOne());
    }

    @Test
    void erasureOfALiker_isACorrection_andAMirrorFollows() {
        mirror.applyAll();
        long before = sealed().likes();
        String liker = events.get(0).likerId();

        database.batch(likes).likerEraser.erase("alice", liker);
        enter();

        List<FeedItem> later =
                mirror.reader.read("after", mirror.position, 10).block().items();
        assertThat(later).singleElement().returns("corrected", item -> item.reason()
                .name());
        mirror.applyAll();
        assertThat(sealed().likes()).isLessThan(before);
        assertThat(sealed().revision()).isEqualTo(2);
        mirror.assertEqualsStoredReports(TestDatabase.WEEK, "after the erasure");
    }

    @Test
    void erasureOfALikerWhoLikedNothing_entersNothing() {
        mirror.applyAll();

        database.batch(likes).likerEraser.erase("alice", "zoe");
        enter();

        assertThat(mirror.applyPage(10)).isFalse();
    }

    private FeedReport.Sealed sealed() {
        return (FeedReport.Sealed) mirror.reports.get(KEY);
    }

    @Test
    void erasureOfAnAuthorWithoutReports_entersNothing() {
        eraser(() -> {}).erase("zoe");

        assertThat(wholeFeed()).hasSize(1);
    }
}
