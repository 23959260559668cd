package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LeasesIT {

    private static final String OWNER = "this-instance";
    private static final int PARTITIONS = 8;

    private final ReportsDatabase database = new ReportsDatabase();
    private final ProgressStore progress = new ProgressStore(database.mongo);
    private final Leases leases = new Leases(progress, OWNER, database.clock, Batch.LEASE);
    private List<Integer> mine;

    @BeforeEach
    void takeAShare() {
        for (int partition = 0; partition < PARTITIONS; partition++) {
            progress.begin(Progress.none(partition, "epoch", PARTITIONS, 0)).block();
        }
        mine = List.copyOf(leases.take(behindExcept(List.of())).keySet());
        assertThat(mine).hasSize(2);
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void everyHeldPartitionIsFoldedByOthers_itIsReleased_andOthersAreTaken() {
        Map<Integer, Progress> next = leases.take(behindExcept(mine));

        assertThat(next).isNotEmpty().doesNotContainKeys(mine.get(0), mine.get(1));
        assertThat(owned()).containsExactlyInAnyOrderElementsOf(next.keySet());
        leases.releaseAll();
        assertThat(owned()).isEmpty();
    }

    @Test
    void oneHeldPartitionIsFoldedByOthers_itIsReleased_whenTheOtherOneIsRenewed() {
        database.clock.advance(Batch.LEASE.dividedBy(3).plus(Duration.ofSeconds(1)));

        assertThat(leases.take(behindExcept(mine.subList(0, 1)))).containsOnlyKeys(mine.get(1));

        assertThat(owned()).containsExactly(mine.get(1));
        leases.releaseAll();
        assertThat(owned()).isEmpty();
    }

    private List<Progress> behindExcept(List<Integer> folded) {
        Map<Integer, Progress> all = progress.all().block();
        return IntStream.range(0, PARTITIONS)
                .filter(partition -> !folded.contains(partition))
                .mapToObj(all::get)
                .toList();
    }

    private List<Integer> owned() {
        return progress.all().block().values().stream()
                .filter(at -> OWNER.equals(at.owner()))
                .map(Progress::partition)
                .toList();
    }
}
