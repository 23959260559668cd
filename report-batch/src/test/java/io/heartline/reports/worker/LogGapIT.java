package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.run.Run;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Gaps between progress and the log. Either the figures remain correct, or the run fails and changes no figure. */
class LogGapIT {

    private final TestDatabase database = new TestDatabase();
    private TestTopic likes;
    private BatchInstance batch;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = TestTopic.create(2);
        batch = database.batch(likes);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void recreatedTopic_failsTheRun() throws Exception {
        likes.append(TestDatabase.randomLikes(100));
        batch.run();
        String before = likes.log().epoch();
        likes.recreate(2);
        likes.append(TestDatabase.randomLikes(200));

        assertRefused("belongs to another log: epoch " + before + ", and the topic's is "
                + likes.log().epoch());
    }

    @Test
    void topicRecreatedDuringARun_failsTheRun() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(400);
        likes.append(events);
        Run run = batch.request();
        BatchInstance reading = database.batch(likes, 50, CrashPoints.pausingAt(12, () -> {
            likes.recreate(2);
            likes.append(TestDatabase.randomLikes(1_000, 1));
        }));

        reading.runUntilIdle();

        RunView view = batch.view(run);
        assertThat(view.status()).isEqualTo(RunStatus.failed);
        assertThat(view.error()).isEqualTo("the topic has become another log since this run began");
        for (String author : TestDatabase.AUTHORS) {
            Figures figures = database.figures(author);
            long ofTheFirstLog = events.stream()
                    .filter(event -> event.authorId().equals(author))
                    .count();
            assertThat(figures.likedEvents() + figures.unlikedEvents()).isLessThanOrEqualTo(ofTheFirstLog);
        }
    }

    @Test
    void progressAfterTheLogsEnd_failsTheRun() throws Exception {
        likes.append(TestDatabase.randomLikes(100));
        batch.run();
        Progress current = batch.progressOf(0);
        batch.progress
                .advance(current, current.advancedTo(current.next() + 5, null, null, null))
                .block();

        assertRefused("partition 0 is folded up to offset " + (current.next() + 5) + ", but the log ends at "
                + current.next());
    }

    @Test
    void recordsDeletedBeforeARun_failTheRun_andAreNamed() throws Exception {
        likes.append(TestDatabase.randomLikes(100));
        batch.run();
        Progress current = batch.progressOf(1);
        likes.append(TestDatabase.randomLikes(100, 1));
        likes.deleteBefore(1, current.next() + 3);

        assertRefused("offsets " + current.next() + " to " + (current.next() + 2)
                + " of partition 1 have left the log before they were folded");
    }

    @Test
    void recordsDeletedDuringARun_failTheRun_andAreNamed() throws Exception {
        likes.append(TestDatabase.randomLikes(400));
        Run run = batch.request();
        boolean[] isDone = {false};
        BatchInstance reading = database.batch(likes, 50, CrashPoints.pausingAt(0, () -> {
            for (int partition = 0; partition < 2; partition++) {
                likes.deleteBefore(partition, 120);
            }
            isDone[0] = true;
        }));

        reading.runUntilIdle();

        assertThat(isDone[0]).isTrue();
        assertThat(batch.view(run).status()).isEqualTo(RunStatus.failed);
        assertThat(batch.view(run).error()).contains("has left the log before it was folded");
    }

    @Test
    void lostProgress_recordsArePulledAgain_andSkippedByReports() throws Exception {
        List<LikeEvent> events = new ArrayList<>(TestDatabase.randomLikes(300));
        likes.append(events);
        batch.run();
        List<LikeEvent> more = TestDatabase.randomLikes(100, 1);
        likes.append(more);
        events.addAll(more);
        batch.progress.delete(batch.progressOf(0)).block();

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);

        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void lostProgress_andDeletedLogStart_failsTheRun() throws Exception {
        likes.append(TestDatabase.randomLikes(300));
        batch.run();
        likes.deleteBefore(0, 10);
        batch.progress.delete(batch.progressOf(0)).block();

        assertRefused("no progress of partition 0, and the log has lost its offsets below 10");
    }

    @Test
    void firstRun_beginsAtTheLogStart() throws Exception {
        likes.append(TestDatabase.randomLikes(300));
        likes.deleteBefore(0, 10);

        assertThat(batch.run().status()).isEqualTo(RunStatus.done);
        assertThat(batch.progressOf(0).next()).isGreaterThan(10);
    }

    @Test
    void progressSetBack_isCaughtUp_withoutDoubleCounting() throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(300);
        likes.append(events);
        batch.run();
        for (Progress current : batch.progress.all().block().values()) {
            batch.progress
                    .replace(current, current.advancedTo(current.next() / 2, null, null, null))
                    .block();
        }

        RunView view = batch.run();

        assertThat(view.status()).isEqualTo(RunStatus.done);
        assertThat(view.recordsTotal()).isGreaterThan(100);
        database.assertFiguresEqualNaiveCount(events);
    }

    @Test
    void truncatedAndRewrittenLog_failsTheRun_evenIfOffsetsFit(@TempDir Path folder) throws Exception {
        int[] ports = FreePorts.find(2);
        InProcessKafka kafka = InProcessKafka.start(folder, ports[0], ports[1]);
        try {
            likes = TestTopic.create(kafka.bootstrapServers(), 1);
            likes.append(TestDatabase.randomLikes(100));
            batch = database.batch(likes);
            batch.run();
            Progress inTheFirstLeadersTime = batch.progressOf(0);
            // a restart begins a new leader epoch, whose records the first epoch did not have
            kafka.close();
            kafka = InProcessKafka.start(folder, ports[0], ports[1]);
            likes.append(TestDatabase.randomLikes(100, 1));

            batch.progress
                    .replace(inTheFirstLeadersTime, inTheFirstLeadersTime.advancedTo(150, null, null, null))
                    .block();

            assertRefused("the log was truncated and rewritten below the folded offset: offset 150 of partition 0");
        } finally {
            kafka.close();
        }
    }

    private void assertRefused(String gap) {
        Map<Integer, Progress> progress = batch.progress.all().block();
        List<Figures> figures =
                TestDatabase.AUTHORS.stream().map(database::figures).toList();

        RunView view = batch.run();

        assertThat(view.status()).isEqualTo(RunStatus.failed);
        assertThat(view.error()).contains(gap);
        assertThat(batch.gauge("heartline.reports.log.gap")).isEqualTo(1);
        assertThat(batch.progress.all().block()).isEqualTo(progress);
        assertThat(TestDatabase.AUTHORS.stream().map(database::figures).toList())
                .isEqualTo(figures);
    }
}
