package io.heartline.reports.erasure;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.events.Liked;
import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.kafka.TestTopic;
import io.heartline.reports.worker.BatchInstance;
import io.heartline.reports.worker.TestDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

/** The largest erasure of a liker within a year: each week has the maximum of exact pairs and of posts. */
@Tag("slow")
class LikerErasureCostIT {

    private static final int WEEKS = 53;
    private static final int POSTS = 2_000;
    private static final int POSTS_OF_LIKER = 100;

    private final TestDatabase database = new TestDatabase();

    @AfterEach
    void close() {
        database.close();
    }

    private static YearWeek week(int number) {
        return TestDatabase.WEEK.minusWeeks(number);
    }

    /** Returns a report whose posts no other week has. */
    private static WeeklyReport report(int number, String epoch) {
        List<LikeEvent> events = new ArrayList<>();
        for (int i = 0; i < WeeklyReport.EXACT_PAIRS; i++) {
            String liker = i < POSTS_OF_LIKER ? "l-0" : "l-" + i / 5;
            events.add(new Liked("e", "p-" + number + "-" + i % POSTS, "alice", liker, LikeFixtures.MONDAY));
        }
        WeeklyReport report = new WeeklyReport(new ReportKey(week(number), "alice"), epoch, 0);
        for (int offset = 0; offset < events.size(); offset++) {
            report.fold(LikeFixtures.HASH, events.get(offset), 0, offset);
        }
        return report;
    }

    @Test
    void erasureIn53LargestWeeks_isComplete_withinTheTimeOfARequest() throws Exception {
        TestTopic likes = TestTopic.create(1);
        BatchInstance batch = database.batch(likes);
        batch.run(); // stores the settings of the database
        ReportStore reports = new ReportStore(database.mongo);
        for (int i = 0; i < WEEKS; i++) {
            reports.save(List.of(report(i, likes.log().epoch()))).block();
        }

        long startedAt = System.nanoTime();
        batch.likerEraser.erase("alice", "l-0");

        assertThat(Duration.ofNanos(System.nanoTime() - startedAt))
                .as("time, of which a request has nine seconds")
                .isLessThan(Duration.ofSeconds(9));
        List<ReportKey> keys = new ArrayList<>();
        for (int i = 0; i < WEEKS; i++) {
            keys.add(new ReportKey(week(i), "alice"));
        }
        assertThat(reports.figures(keys).collectList().block())
                .hasSize(WEEKS)
                .allMatch(figures -> figures.likes() == WeeklyReport.EXACT_PAIRS - POSTS_OF_LIKER);
    }
}
