package io.heartline.reports.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.reports.fold.DueReports;
import io.heartline.reports.kafka.TestTopic;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

class FeedMarkIT {

    private static final YearWeek WEEK = YearWeek.of(2026, 52);
    private static final Instant AN_HOUR_BEFORE_ITS_END = Instant.parse("2026-12-27T23:00:00Z");

    @Test
    void report_isMarked_fromAnHourBeforeTheEndOfItsWeek() throws Exception {
        TestTopic likes = TestTopic.create(1);
        try (TestDatabase database = new TestDatabase()) {
            DueReports due = new DueReports(database.mongo);
            database.clock.advance(Duration.between(database.clock.instant(), AN_HOUR_BEFORE_ITS_END.minusMillis(1)));
            likes.append(List.of(new Liked("e-1", "p", "alice", "bob", AN_HOUR_BEFORE_ITS_END)));
            database.batch(likes).run();
            assertThat(due.marked(WEEK).collectList().block()).isEmpty();

            database.clock.advance(Duration.ofMillis(1));
            likes.append(List.of(new Liked("e-2", "p", "alice", "carol", AN_HOUR_BEFORE_ITS_END)));
            database.batch(likes).run();

            assertThat(due.marked(WEEK).collectList().block()).hasSize(1);
            assertThat(due.marked(WEEK.minusWeeks(1)).collectList().block()).isEmpty();
        }
    }
}
