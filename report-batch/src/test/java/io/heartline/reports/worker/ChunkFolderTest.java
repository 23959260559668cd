package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.ReportKey;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

class ChunkFolderTest {

    @Test
    void conflictMessage_hasTheNumberOfReports_andNamesAFew() {
        Set<ReportKey> thousand = IntStream.range(0, 1_000)
                .mapToObj(author -> new ReportKey(YearWeek.of(2026, 47), "author-" + author))
                .collect(Collectors.toSet());

        assertThat(ChunkFolder.conflictMessage(thousand))
                .contains("1000 reports")
                .hasSizeLessThan(300);
    }
}
