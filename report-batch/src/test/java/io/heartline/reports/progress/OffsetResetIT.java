package io.heartline.reports.progress;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import io.heartline.events.LikeEvent;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.run.RunStatus;
import io.heartline.reports.run.RunView;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;

/**
 * Recovery from the gaps of {@code LogGapIT}. An offset reset keeps all figures, and later records of the log are counted.
 */
@Tag("slow")
class OffsetResetIT {

    private final TestDatabase database = new TestDatabase();
    private final List<LikeEvent> counted = new ArrayList<>();
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
    void withoutGap_nothingIsChanged() throws Exception {
        append(100);
        batch.run();
        Map<Integer, Progress> before = batch.progress.all().block();

        assertThat(batch.offsetReset.reset()).isEmpty();

        assertThat(batch.progress.all().block()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void newLog_withAnyPartitionCount_isAddedToTheFigures(int partitions) throws Exception {
        append(100);
        batch.run();
        likes.recreate(partitions);
        append(200);
        assertFails();

        assertThat(batch.offsetReset.reset()).anyMatch(line -> line.contains("another log, from offset 0"));

        assertGoesOn();
        assertThat(batch.progress.all().block()).hasSize(partitions);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, 4, 5})
    void sameTopicWithMorePartitions_isRefused_andChangesNothing(int partitions) throws Exception {
        append(500);
        batch.run();
        likes.increasePartitions(partitions);
        Map<Integer, Progress> before = batch.progress.all().block();
        assertThat(batch.run().error()).contains("was given more partitions: 2 before, " + partitions + " now");

        assertThatExceptionOfType(CommandRefusedException.class)
                .isThrownBy(batch.offsetReset::reset)
                .withMessageContaining("would count its likes twice")
                .withMessageContaining("Move the topic");

        assertThat(batch.progress.all().block()).isEqualTo(before);
        database.assertFiguresEqualNaiveCount(counted);
        likes = TestTopic.create(partitions);
        batch = database.batch(likes);
        append(100);
        assertThat(batch.offsetReset.reset()).anyMatch(line -> line.contains("another log, from offset 0"));
        assertGoesOn();
    }

    @Test
    void otherTopic_whileTheEarlierOneHasUnfoldedRecords_isRefused_andChangesNothing() throws Exception {
        append(100);
        batch.run();
        append(50);
        BatchInstance earlierBatch = batch;
        String earlierTopic = likes.topic;
        Map<Integer, Progress> before = batch.progress.all().block();
        likes = TestTopic.create(3);
        batch = database.batch(likes);
        append(20);

        assertThatExceptionOfType(CommandRefusedException.class)
                .isThrownBy(batch.offsetReset::reset)
                .withMessageContaining("the topic " + earlierTopic + " has 50 records that no run has folded")
                .withMessageContaining("--once --heartline.reports.topic=" + earlierTopic);

        assertThat(batch.progress.all().block()).isEqualTo(before);
        assertThat(earlierBatch.run().status()).isEqualTo(RunStatus.done);
        assertThat(batch.offsetReset.reset()).hasSize(2).allMatch(line -> line.contains("another log, from offset 0"));
        assertGoesOn();
    }

    @Test
    void otherTopic_afterTheEarlierOneWasDeleted_isAccepted() throws Exception {
        append(100);
        batch.run();
        likes.append(TestDatabase.randomLikes(50, 77));
        likes.delete();
        likes = TestTopic.create(2);
        batch = database.batch(likes);
        append(20);

        assertThat(batch.offsetReset.reset()).hasSize(2).allMatch(line -> line.contains("another log, from offset 0"));

        assertGoesOn();
    }

    @Test
    void otherTopic_afterTheEarlierOneWasGivenMorePartitions_isAccepted_andTheLossIsStated() throws Exception {
        likes = TestTopic.create(1);
        batch = database.batch(likes);
        append(100);
        batch.run();
        likes.append(TestDatabase.randomLikes(50, 77));
        likes.increasePartitions(3);
        String earlierTopic = likes.topic;
        likes = TestTopic.create(3);
        batch = database.batch(likes);
        append(20);

        assertThat(batch.offsetReset.reset())
                .containsExactly(
                        "the topic " + earlierTopic + " has 50 records that no run has folded, the first at offset 100"
                                + " of partition 0: it was given more partitions, so they are not counted",
                        "partition 0: another log, from offset 0; the earlier log was folded up to offset 100");

        assertGoesOn();
    }

    @Test
    void progressAfterTheLogsEnd_isResetToTheEnd_andLaterRecordsAreCounted() throws Exception {
        append(100);
        batch.run();
        Progress current = batch.progressOf(0);
        batch.progress
                .advance(current, current.advancedTo(current.next() + 5, null, null, null))
                .block();
        advanceReportsOfPartition0();
        assertFails();

        assertThat(batch.offsetReset.reset())
                .containsExactly("partition 0: was folded up to offset " + (current.next() + 5)
                        + ", continues at the log's end " + current.next());

        append(100);
        assertGoesOn();
    }

    @Test
    void recordsDeletedBeforeFolding_areSkipped_andTheRestIsCounted() throws Exception {
        likes = TestTopic.create(1);
        batch = database.batch(likes);
        append(100);
        batch.run();
        likes.append(TestDatabase.randomLikes(50, 77));
        append(100);
        likes.deleteBefore(0, 150);
        assertFails();

        assertThat(batch.offsetReset.reset()).containsExactly("partition 0: offsets 100 to 149 are lost");

        assertGoesOn();
    }

    @Test
    void rewrittenLog_isCountedFromTheDivergentOffset(@TempDir Path folder) throws Exception {
        int[] ports = FreePorts.find(2);
        InProcessKafka kafka = InProcessKafka.start(folder, ports[0], ports[1]);
        try {
            likes = TestTopic.create(kafka.bootstrapServers(), 1);
            batch = database.batch(likes);
            append(100);
            batch.run();
            Progress current = batch.progressOf(0);
            kafka.close();
            kafka = InProcessKafka.start(folder, ports[0], ports[1]);
            append(100);
            batch.progress
                    .replace(current, current.advancedTo(150, null, null, null))
                    .block();
            advanceReportsOfPartition0();
            assertFails();

            assertThat(batch.offsetReset.reset())
                    .containsExactly("partition 0: was rewritten from offset 100, continues there");

            assertGoesOn();
        } finally {
            kafka.close();
        }
    }

    @Test
    void missingProgress_beginsAtTheLogStart() throws Exception {
        append(100);
        batch.run();
        likes.deleteBefore(0, 10);
        batch.progress.delete(batch.progressOf(0)).block();
        assertFails();

        assertThat(batch.offsetReset.reset()).containsExactly("partition 0: had no progress, begins at offset 10");

        append(100);
        assertGoesOn();
    }

    /** Increases the next offsets of the reports in partition 0, as if they contained records that Kafka has lost. */
    private void advanceReportsOfPartition0() {
        List<String> authors = TestDatabase.AUTHORS.stream()
                .filter(author -> likes.log().partitionOf(author) == 0)
                .toList();
        assertThat(authors).isNotEmpty();
        database.mongo
                .getCollection(ReportStore.COLLECTION)
                .flatMap(reports ->
                        Mono.from(reports.updateMany(Filters.in("authorId", authors), Updates.inc("next", 1_000L))))
                .block();
    }

    private void append(int count) throws Exception {
        List<LikeEvent> events = TestDatabase.randomLikes(count, counted.size());
        likes.append(events);
        counted.addAll(events);
    }

    private void assertFails() {
        assertThat(batch.run().status()).isEqualTo(RunStatus.failed);
    }

    private void assertGoesOn() {
        RunView view = batch.run();
        assertThat(view.error()).isNull();
        assertThat(view.status()).isEqualTo(RunStatus.done);
        database.assertFiguresEqualNaiveCount(counted);
        assertThat(batch.offsetReset.reset()).isEmpty();
    }
}
