package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ChunkTest {

    private static final Instant AT = Instant.parse("2026-11-16T00:00:00Z");

    private final Chunk chunk = new Chunk(new WeekCalendar(ZoneOffset.UTC, Duration.ZERO), KeyedHash.development());

    @ParameterizedTest
    @CsvSource({"0, 2, ''", "1, 2, 1", "4, 2, 2 2", "5, 2, 2 2 1"})
    void batches_haveTheirSize_andTheLastOneTheRest(int reports, int size, String sizes) {
        for (int i = 0; i < reports; i++) {
            add("author-" + i, i);
        }

        assertThat(batches(size)).extracting(batch -> "" + batch.size()).isEqualTo(split(sizes));
    }

    @Test
    void batches_haveEachReportOnce_inTheOrderOfTheirFirstEvents() {
        List.of("dave", "bob", "alice", "bob", "carol").forEach(author -> add(author, 0));

        List<List<String>> batches = batches(2);

        assertThat(batches.get(0)).containsExactlyInAnyOrder("dave", "bob");
        assertThat(batches.get(1)).containsExactlyInAnyOrder("alice", "carol");
        assertThat(batches).hasSize(2);
    }

    private static List<String> split(String sizes) {
        return sizes.isEmpty() ? List.of() : List.of(sizes.split(" "));
    }

    private void add(String author, long offset) {
        chunk.add(new Liked("e-1", "p-1", author, "bob", AT), offset);
    }

    /** Returns the authors of each batch. Empties each batch, as its consumer may. */
    private List<List<String>> batches(int size) {
        List<List<String>> batches = new ArrayList<>();
        chunk.forEachBatch(size, batch -> {
            batches.add(batch.keySet().stream().map(ReportKey::authorId).toList());
            batch.clear();
        });
        return batches;
    }
}
