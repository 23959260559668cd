package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.reports.fold.Figures;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Progress and the log do not meet. Either the figures are right all the same, or the run fails and changes none. */
class LogGapIT {

    private final ReportsDatabase database = new ReportsDatabase();
    private LikesOnTopic likes;
    private Batch batch;

    @BeforeEach
    void ownTopic() throws Exception {
        likes = LikesOnTopic.create(2);
        batch = database.batch(likes);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void anotherLogUnderTheSameName_isRefused() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));
        batch.run();
        String before = likes.log().epoch();
        likes.recreate(2);
        likes.append(ReportsDatabase.someLikes(200));

        assertRefused("belongs to another log: epoch " + before + ", and the topic's is "
                + likes.log().epoch());
    }

    @Test
    void anotherLogUnderTheSameName_inTheMiddleOfARun_isRefused() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(400);
        likes.append(events);
        Run run = batch.request();
        Batch reading = database.batch(likes, 50, Steps.pausingAt(12, () -> {
            likes.recreate(2);
            likes.append(ReportsDatabase.someLikes(1_000, 1));
        }));

        reading.workOff();

        Run.View view = batch.view(run);
        assertThat(view.status()).isEqualTo(Run.Status.failed);
        assertThat(view.error()).isEqualTo("the topic has become another log since this run began");
        for (String author : ReportsDatabase.AUTHORS) {
            Figures figures = database.figures(author);
            long ofTheFirstLog = events.stream()
                    .filter(event -> event.authorId().equals(author))
                    .count();
            assertThat(figures.likedEvents() + figures.unlikedEvents()).isLessThanOrEqualTo(ofTheFirstLog);
        }
    }

    @Test
    void progressBeyondTheLogsEnd_isRefused() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));
        batch.run();
        Progress at = batch.progressOf(0);
        batch.progress.advance(at, at.upTo(at.next() + 5, null, null, null)).block();

        assertRefused("partition 0 is folded up to offset " + (at.next() + 5) + ", but the log ends at " + at.next());
    }

    @Test
    void recordsThatLeftTheLogBeforeTheyWereFolded_areNamed() throws Exception {
        likes.append(ReportsDatabase.someLikes(100));
        batch.run();
        Progress at = batch.progressOf(1);
        likes.append(ReportsDatabase.someLikes(100, 1));
        likes.deleteBefore(1, at.next() + 3);

        assertRefused("offsets " + at.next() + " to " + (at.next() + 2)
                + " of partition 1 have left the log before they were folded");
    }

    @Test
    void recordsThatLeaveTheLogInTheMiddleOfARun_areNamed() throws Exception {
        likes.append(ReportsDatabase.someLikes(400));
        Run run = batch.request();
        boolean[] isDone = {false};
        Batch reading = database.batch(likes, 50, Steps.pausingAt(0, () -> {
            for (int partition = 0; partition < 2; partition++) {
                likes.deleteBefore(partition, 120);
            }
            isDone[0] = true;
        }));

        reading.workOff();

        assertThat(isDone[0]).isTrue();
        assertThat(batch.view(run).status()).isEqualTo(Run.Status.failed);
        assertThat(batch.view(run).error()).contains("has left the log before it was folded");
    }

    @Test
    void withoutProgress_everythingIsPulledAgain_andSkippedByTheReportsThatHaveIt() throws Exception {
        List<LikeEvent> events = new ArrayList<>(ReportsDatabase.someLikes(300));
        likes.append(events);
        batch.run();
        List<LikeEvent> more = ReportsDatabase.someLikes(100, 1);
        likes.append(more);
        events.addAll(more);
        batch.progress.delete(batch.progressOf(0)).block();

        assertThat(batch.run().status()).isEqualTo(Run.Status.done);

        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void withoutProgress_andWithTheLogsStartGone_nobodyKnowsWhatIsMissing() throws Exception {
        likes.append(ReportsDatabase.someLikes(300));
        batch.run();
        likes.deleteBefore(0, 10);
        batch.progress.delete(batch.progressOf(0)).block();

        assertRefused("no progress of partition 0, and the log has lost its offsets below 10");
    }

    @Test
    void aFirstRun_beginsWhereTheLogDoes() throws Exception {
        likes.append(ReportsDatabase.someLikes(300));
        likes.deleteBefore(0, 10);

        assertThat(batch.run().status()).isEqualTo(Run.Status.done);
        assertThat(batch.progressOf(0).next()).isGreaterThan(10);
    }

    @Test
    void progressThatWasSetBack_isCaughtUp_withNothingDoubled() throws Exception {
        List<LikeEvent> events = ReportsDatabase.someLikes(300);
        likes.append(events);
        batch.run();
        for (Progress at : batch.progress.all().block().values()) {
            batch.progress.replace(at, at.upTo(at.next() / 2, null, null, null)).block();
        }

        Run.View view = batch.run();

        assertThat(view.status()).isEqualTo(Run.Status.done);
        assertThat(view.recordsTotal()).isGreaterThan(100);
        database.assertFiguresEqualTheNaiveCountOf(events);
    }

    @Test
    void aLogThatWasCutOffAndWrittenAnew_isRefused_thoughItsOffsetsFit(@TempDir Path folder) throws Exception {
        int[] ports = FreePorts.find(2);
        InProcessKafka kafka = InProcessKafka.start(folder, ports[0], ports[1]);
        try {
            likes = LikesOnTopic.create(kafka.bootstrapServers(), 1);
            likes.append(ReportsDatabase.someLikes(100));
            batch = database.batch(likes);
            batch.run();
            Progress inTheFirstLeadersTime = batch.progressOf(0);
            // another leader's time begins with a restart; what it writes, the first leader never did
            kafka.close();
            kafka = InProcessKafka.start(folder, ports[0], ports[1]);
            likes.append(ReportsDatabase.someLikes(100, 1));

            batch.progress
                    .replace(inTheFirstLeadersTime, inTheFirstLeadersTime.upTo(150, null, null, null))
                    .block();

            assertRefused("the log was cut off and written anew below what is folded: offset 150 of partition 0");
        } finally {
            kafka.close();
        }
    }

    private void assertRefused(String gap) {
        Map<Integer, Progress> progress = batch.progress.all().block();
        List<Figures> figures =
                ReportsDatabase.AUTHORS.stream().map(database::figures).toList();

        Run.View view = batch.run();

        assertThat(view.status()).isEqualTo(Run.Status.failed);
        assertThat(view.error()).contains(gap);
        assertThat(batch.gauge("heartline.reports.log.gap")).isEqualTo(1);
        assertThat(batch.progress.all().block()).isEqualTo(progress);
        assertThat(ReportsDatabase.AUTHORS.stream().map(database::figures).toList())
                .isEqualTo(figures);
    }
}
