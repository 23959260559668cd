package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.erasure.ErasureStore;
import io.heartline.reports.feed.ErasedChanges;
import io.heartline.reports.feed.FaultyFeed;
import io.heartline.reports.feed.pass.TestFeed;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.ProgressStore;
import io.heartline.reports.run.Run;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.CrashPoints;
import io.heartline.reports.worker.SimulatedCrash;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

/**
 * Mirrors that are built from the feed alone equal the reports of sealed weeks. Meanwhile two instances fold likes of old and new weeks,
 * erase authors and likers, and crash at any write of a report or a change.
 */
@Order(0) // starts first, because it takes long
class FeedMirrorIT {

    private static final int OPERATIONS = 40;

    private final TestDatabase database = new TestDatabase();
    private final List<Mirror> mirrors = List.of(new Mirror(database), new Mirror(database), new Mirror(database));
    private TestTopic likes;
    private Random random;
    private int crashes;
    private int likeCount;
    private boolean isInBetween;

    /** The end of an instance that enters reports. */
    private static final class FeedCrash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void mirror_equalsTheReportsOfSealedWeeks(long seed) throws Exception {
        random = new Random(seed);
        for (int i = 0; i < OPERATIONS; i++) {
            operate();
            mirrors.get(random.nextInt(2)).applyPage(1 + random.nextInt(5)); // the last one starts at the end
            if (random.nextInt(15) == 0) {
                settleAndCompare("after operation " + i);
            }
        }
        settleAndCompare("at the end");
        assertThat(crashes).isPositive();
        assertThat(mirrors.get(0).reports).isNotEmpty();
        assertThat(mirrors.get(0).startedOver).isZero();
    }

    private void operate() throws Exception {
        switch (random.nextInt(10)) {
            case 0 -> erase();
            case 1 -> eraseLiker();
            case 2, 3 -> crashRun();
            case 4 -> database.clock.advance(Duration.ofHours(random.nextInt(100)));
            case 5, 6, 7 -> enter();
            default -> {
                append();
                database.batch(likes, 10, CrashPoints.notifying(step -> sometimesEnterOrErase()))
                        .run();
            }
        }
    }

    /** Appends likes of some of the last four weeks. */
    private void append() throws Exception {
        List<LikeEvent> events = new ArrayList<>();
        Instant now = database.clock.instant();
        for (int i = 0; i < 10; i++) {
            likeCount++;
            String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
            Instant at = now.minus(Duration.ofDays(7L * random.nextInt(4)));
            events.add(new Liked("e-" + likeCount, "p-" + random.nextInt(3), author, "l-" + likeCount, at));
        }
        likes.append(events);
    }

    private void sometimesEnterOrErase() {
        if (random.nextInt(6) == 0) {
            enter();
        }
        if (random.nextInt(20) == 0) {
            erase();
        }
    }

    /** Enters reports as one of two instances that have lost the lease, and crashes at some write. */
    private void enter() {
        TestFeed feed = new TestFeed(database, this::step);
        try {
            feed.enterMissingWithoutLease();
        } catch (FeedCrash e) {
            crashes++;
        }
    }

    /** Crashes, or lets another instance work in between, or does nothing. */
    private void step() {
        switch (random.nextInt(20)) {
            case 0, 1 -> throw new FeedCrash();
            case 2, 3 -> workInBetween();
            default -> {}
        }
    }

    private void workInBetween() {
        if (isInBetween) {
            return;
        }
        isInBetween = true;
        try {
            for (int i = 0; i < 2; i++) { // the first run settles an erasure, and the second one counts later likes
                append();
                BatchInstance batch = database.batch(likes);
                batch.expireLeases();
                batch.run();
            }
            if (random.nextBoolean()) {
                erase();
            }
            enter();
        } catch (Exception e) { // the test cannot continue after any exception
            throw new IllegalStateException(e);
        } finally {
            isInBetween = false;
        }
    }

    private void crashRun() throws Exception {
        append();
        BatchInstance batch = database.batch(likes, 10, CrashPoints.crashingAt(random.nextInt(10)));
        Run run = batch.request();
        try {
            batch.execute(run);
        } catch (SimulatedCrash e) {
            batch.expireLeases();
        }
    }

    private void erase() {
        String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
        FaultyFeed faulty = new FaultyFeed(database.mongo, this::step);
        Eraser eraser = new Eraser(
                likes.clients(10),
                new ErasureStore(database.mongo),
                new ReportStore(database.mongo),
                new ErasedChanges(faulty.changes),
                new ProgressStore(database.mongo),
                database.clock);
        try {
            eraser.erase(author);
        } catch (FeedCrash e) {
            crashes++;
        }
    }

    /** Erases a liker of the last ten likes or so. */
    private void eraseLiker() {
        String author = TestDatabase.AUTHORS.get(random.nextInt(TestDatabase.AUTHORS.size()));
        BatchInstance batch = database.batch(likes, 10, CrashPoints.crashingAt(random.nextInt(12)));
        try {
            for (int i = likeCount; i > likeCount - 10; i--) {
                batch.likerEraser.erase(author, "l-" + i);
            }
        } catch (SimulatedCrash e) {
            crashes++;
        }
    }

    /** Completes what crashes have left, and compares all mirrors. */
    private void settleAndCompare(String description) {
        BatchInstance batch = database.batch(likes);
        batch.expireLeases();
        batch.runUntilIdle();
        batch.run();
        batch.findsWork(); // completes erasures, and advances asOf
        new TestFeed(database, () -> {}).enterMissing();
        YearWeek sealed = TestDatabase.CALENDAR.latestSealed(database.clock.instant());
        for (Mirror mirror : mirrors) {
            mirror.applyAll();
            mirror.assertEqualsStoredReports(sealed, description);
        }
    }
}
