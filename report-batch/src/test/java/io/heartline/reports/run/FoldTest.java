package io.heartline.reports.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.WeeklyReport.Key;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

class FoldTest {

    @Test
    void thousandReportsInConflict_theMessageHasTheirNumber_andNamesAFew() {
        Set<Key> thousand = IntStream.range(0, 1_000)
                .mapToObj(author -> new Key(YearWeek.of(2026, 47), "author-" + author))
                .collect(Collectors.toSet());

        assertThat(Fold.conflicts(thousand)).contains("1000 reports").hasSizeLessThan(300);
    }
}
