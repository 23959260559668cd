package io.heartline.reports.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.worker.TestDatabase;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChangeStoreIT {

    private static final int WRITERS = 8;
    private static final int BATCHES = 15;
    private static final Instant NOW = Instant.parse("2026-11-28T00:00:00Z");

    private final TestDatabase database = new TestDatabase();
    private final ChangeStore changes = new ChangeStore(database.mongo);

    /** The end of a writer, which may have appended some of its changes. */
    private static final class WriterCrash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    @AfterEach
    void close() {
        database.close();
    }

    private static Change change(String author, ChangeReason reason) {
        return Change.of(new ReportKey(TestDatabase.WEEK, author), reason, NOW);
    }

    private static Change change(String author) {
        return change(author, ChangeReason.sealed);
    }

    private List<Change> all() {
        return changes.after(0, Integer.MAX_VALUE).block();
    }

    @Test
    void append_byManyWritersThatCrash_leavesNoGap_andAReaderMissesNothing() throws Exception {
        AtomicBoolean isDone = new AtomicBoolean();
        ExecutorService threads = Executors.newFixedThreadPool(WRITERS + 1);
        try {
            Future<List<Change>> reader = threads.submit(() -> readUntil(isDone));
            List<Future<List<String>>> writers = IntStream.range(0, WRITERS)
                    .mapToObj(writer -> threads.submit(writer(writer)))
                    .toList();
            List<String> written = new ArrayList<>();
            for (Future<List<String>> writer : writers) {
                written.addAll(writer.get());
            }
            isDone.set(true);

            List<Change> all = all();
            assertThat(all.stream().map(Change::number))
                    .containsExactlyElementsOf(
                            LongStream.rangeClosed(1, all.size()).boxed().toList());
            assertThat(reader.get()).isEqualTo(all);
            assertThat(all.stream().map(change -> change.key().authorId())).containsAll(written);
            assertThat(all).as("changes that a crash has repeated").hasSizeGreaterThan(written.size());
        } finally {
            threads.shutdownNow();
        }
    }

    /** Appends batches. After a crash, the same batch is appended again. */
    private Callable<List<String>> writer(int writer) {
        Random random = new Random(writer);
        FaultyFeed faulty = new FaultyFeed(database.mongo, () -> {
            if (random.nextInt(8) == 0) {
                throw new WriterCrash();
            }
        });
        return () -> {
            List<String> written = new ArrayList<>();
            for (int batch = 0; batch < BATCHES; batch++) {
                String prefix = "w" + writer + "-" + batch + "-";
                List<Change> appended = IntStream.rangeClosed(0, random.nextInt(20))
                        .mapToObj(i -> change(prefix + i))
                        .toList();
                appendUntilSuccess(faulty.changes, appended);
                appended.forEach(change -> written.add(change.key().authorId()));
            }
            return written;
        };
    }

    private static void appendUntilSuccess(ChangeStore store, List<Change> appended) {
        while (true) {
            try {
                store.append(appended);
                return;
            } catch (WriterCrash e) {
                // the writer starts again
            }
        }
    }

    private List<Change> readUntil(AtomicBoolean isDone) {
        List<Change> read = new ArrayList<>();
        boolean isLast;
        do {
            isLast = isDone.get();
            long number = read.isEmpty() ? 0 : read.get(read.size() - 1).number();
            read.addAll(changes.after(number, isLast ? Integer.MAX_VALUE : 7).block());
        } while (!isLast);
        return read;
    }

    @Test
    void append_ofNothing_writesNothing() {
        assertThat(changes.append(List.of())).isZero();
        assertThat(changes.last().block()).isZero();
    }

    @Test
    void append_returnsTheFirstNumber_andKeepsAllFields() {
        changes.append(List.of(change("alice")));

        assertThat(changes.append(List.of(change("bob"), change("carol", ChangeReason.erased))))
                .isEqualTo(2);

        assertThat(all())
                .containsExactly(
                        new Change(1, change("alice").key(), ChangeReason.sealed, NOW),
                        new Change(2, change("bob").key(), ChangeReason.sealed, NOW),
                        new Change(3, change("carol").key(), ChangeReason.erased, NOW));
    }

    @Test
    void removal_excludesTheNumber_andNumbersAreNotUsedAgain() {
        changes.append(List.of(change("alice"), change("bob"), change("alice", ChangeReason.erased)));

        changes.removeBefore("alice", List.of(TestDatabase.WEEK.plusWeeks(1)), 3)
                .block();
        assertThat(all()).as("changes of another week stay").hasSize(3);
        changes.removeBefore("alice", List.of(TestDatabase.WEEK), 3).block();
        changes.append(List.of(change("dave")));

        assertThat(all().stream().map(Change::number)).containsExactly(2L, 3L, 4L);
    }

    @Test
    void erasedChanges_areOldBeforeTheTime_andBeforeTheLast() {
        changes.append(
                List.of(change("alice"), change("alice", ChangeReason.erased), change("bob", ChangeReason.erased)));

        assertThat(changes.erasedBefore(NOW, 3, 10).block()).isEmpty();
        assertThat(changes.erasedBefore(NOW.plusMillis(1), 3, 10).block())
                .extracting(Change::number)
                .containsExactly(2L);
    }
}
