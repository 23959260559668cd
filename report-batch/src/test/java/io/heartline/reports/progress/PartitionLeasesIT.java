package io.heartline.reports.progress;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartitionLeasesIT {

    private static final String OWNER = "this-instance";
    private static final int PARTITIONS = 8;

    private final TestDatabase database = new TestDatabase();
    private final ProgressStore progress = new ProgressStore(database.mongo);
    private final PartitionLeases leases = new PartitionLeases(progress, OWNER, database.clock, BatchInstance.LEASE);
    private List<Integer> acquired;

    @BeforeEach
    void takeAShare() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            progress.insertIfAbsent(Progress.initial(partition, "epoch", PARTITIONS, 0))
                    .block();
        }
        acquired = List.copyOf(leases.acquire(laggingExcept(List.of())).keySet());
        assertThat(acquired).hasSize(2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void allHeldPartitionsFoldedByOthers_areReleased_andOthersAcquired() {
        Map<Integer, Progress> next = leases.acquire(laggingExcept(acquired));

        assertThat(next).isNotEmpty().doesNotContainKeys(acquired.get(0), acquired.get(1));
        assertThat(owned()).containsExactlyInAnyOrderElementsOf(next.keySet());
        leases.releaseAll();
        assertThat(owned()).isEmpty();
    }

    @Test
    void oneHeldPartitionFoldedByOthers_isReleased_whenTheOtherIsRenewed() {
        database.clock.advance(BatchInstance.LEASE.dividedBy(3).plus(Duration.ofSeconds(1)));

        assertThat(leases.acquire(laggingExcept(acquired.subList(0, 1)))).containsOnlyKeys(acquired.get(1));

        assertThat(owned()).containsExactly(acquired.get(1));
        leases.releaseAll();
        assertThat(owned()).isEmpty();
    }

    private List<Progress> laggingExcept(List<Integer> folded) {
        Map<Integer, Progress> all = progress.all().block();
        return IntStream.range(0, PARTITIONS)
                .filter(partition -> !folded.contains(partition))
                .mapToObj(all::get)
                .toList();
    }

    private List<Integer> owned() {
        return progress.all().block().values().stream()
                .filter(current -> OWNER.equals(current.owner()))
                .map(Progress::partition)
                .toList();
    }
}
