package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Identifier;
import io.heartline.events.LikesLog;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.StoredLikers.ReturningLikers;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.Progress;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.springframework.util.unit.DataSize;
import org.threeten.extra.YearWeek;

class ReportCacheTest {

    private static final YearWeek WEEK = YearWeek.of(2026, 47);
    private static final ReportKey KEY = new ReportKey(WEEK, "alice");
    private static final Instant NOW = Instant.parse("2026-11-20T00:00:00Z");
    private static final Instant AFTER_GRACE = Instant.parse("2026-11-24T00:00:00Z");
    private static final WeekCalendar CALENDAR = new WeekCalendar(ZoneOffset.UTC, Duration.ofHours(24));
    private static final int PARTITIONS = 4;
    private static final int PARTITION = LikesLog.partitionOf(KEY.authorId(), PARTITIONS);
    private static final DataSize DEFAULT_SIZE = DataSize.ofMegabytes(64);

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final AtomicLong ticker = new AtomicLong();
    private final ReportCache cache = cache(DEFAULT_SIZE);

    private ReportCache cache(DataSize size) {
        return new ReportCache(size, CALENDAR, InstantSource.fixed(NOW), ticker::get, registry);
    }

    private static Progress progress(int partition, long next, Instant asOf, String owner, long stamp) {
        return new Progress(
                partition,
                "epoch",
                0,
                PARTITIONS,
                next,
                null,
                asOf,
                null,
                owner,
                owner == null ? null : NOW.plusSeconds(10),
                null,
                stamp);
    }

    private static RecentProgress.Snapshot snapshot(Progress ofAuthor) {
        Map<Integer, Progress> all = new HashMap<>();
        IntStream.range(0, PARTITIONS)
                .forEach(partition -> all.put(partition, progress(partition, 1, ofAuthor.asOf(), null, 1)));
        all.put(PARTITION, ofAuthor);
        return new RecentProgress.Snapshot(all, ofAuthor.asOf(), null, 0);
    }

    private static RecentProgress.Snapshot snapshot(long next, Instant asOf, String owner, long stamp) {
        return snapshot(progress(PARTITION, next, asOf, owner, stamp));
    }

    private static ReportView view(ReportKey key, int posts, int idLength, RecentProgress.Snapshot snapshot) {
        List<PostLikes> topPosts = IntStream.range(0, posts)
                .mapToObj(post -> new PostLikes("p".repeat(idLength - 1) + post, 1_000_000L))
                .toList();
        Figures figures = new Figures(
                key, 1, 7, 0, 5, 8, 0, Figures.Precision.EXACT, List.of(7L, 0L, 0L, 0L, 0L, 0L, 0L), topPosts);
        return ReportView.of(
                new AuthorWeek(figures, new ReturningLikers(0, 0)),
                AuthorWeek.empty(key.authorId(), key.week().minusWeeks(1)),
                CALENDAR,
                snapshot.progress());
    }

    private static ReportView view(RecentProgress.Snapshot snapshot) {
        return view(KEY, 3, 10, snapshot);
    }

    private void put(RecentProgress.Snapshot snapshot) {
        cache.put(KEY, snapshot.progress(), view(snapshot));
    }

    private double count(String result) {
        return registry.get("heartline.reports.read.cache")
                .tag("result", result)
                .counter()
                .count();
    }

    @Test
    void unchangedReport_isFound_withItsSerializedForm() {
        RecentProgress.Snapshot snapshot = snapshot(5, NOW, null, 1);
        put(snapshot);
        ReadReport.Rendering rendering = new ReadReport.Rendering(new byte[1], "tag");
        cache.find(KEY, snapshot).rendering(view -> rendering);

        assertThat(cache.find(KEY, snapshot(5, NOW, null, 1)).rendering(view -> null))
                .isSameAs(rendering);
        assertThat(count("hit")).isEqualTo(2);
    }

    @Test
    void otherProgress_isAMiss() {
        put(snapshot(5, NOW, null, 1));

        assertThat(cache.find(KEY, snapshot(6, NOW, null, 1)))
                .as("folded records")
                .isNull();
        assertThat(cache.find(KEY, snapshot(5, NOW, null, 2)))
                .as("a lease or a deletion")
                .isNull();
        assertThat(cache.find(KEY, snapshot(5, NOW, "other", 1)))
                .as("an active lease")
                .isNull();
        assertThat(cache.find(
                        KEY,
                        snapshot(new Progress(
                                PARTITION, "epoch", 1, PARTITIONS, 5, null, NOW, null, null, null, null, 1L))))
                .as("an offset reset")
                .isNull();
        assertThat(cache.find(
                        KEY,
                        snapshot(new Progress(
                                PARTITION, "later", 0, PARTITIONS, 5, null, NOW, null, null, null, null, 1L))))
                .as("another log")
                .isNull();
        assertThat(cache.find(KEY, new RecentProgress.Snapshot(Map.of(), null, null, 0)))
                .as("lost progress")
                .isNull();
        assertThat(cache.find(new ReportKey(WEEK.plusWeeks(1), "alice"), snapshot(5, NOW, null, 1)))
                .as("another week")
                .isNull();
        assertThat(count("hit")).isZero();
    }

    @Test
    void reportOfALeasedPartition_isNotCached() {
        put(snapshot(5, NOW, "other", 1));

        assertThat(cache.find(KEY, snapshot(5, NOW, null, 1))).isNull();
    }

    @Test
    void reportWithoutProgress_isNotCached() {
        cache.put(KEY, Map.of(), view(snapshot(5, NOW, null, 1)));

        assertThat(cache.bytes()).isZero();
    }

    @Test
    void laterAsOf_isThatOfTheAnswer_andSealsTheWeek() {
        put(snapshot(5, NOW, null, 1));
        ReadReport open = cache.find(KEY, snapshot(5, NOW, null, 1));
        assertThat(open.view().status()).isEqualTo("open");
        RecentProgress.Snapshot later = snapshot(5, AFTER_GRACE, null, 1);

        ReadReport found = cache.find(KEY, later);

        assertThat(found.view()).isEqualTo(view(later));
        assertThat(found.view().status()).isEqualTo("sealed");
        assertThat(found.view().asOf()).isEqualTo(AFTER_GRACE);
    }

    @Test
    void oldReport_isReadAgain() {
        put(snapshot(5, NOW, null, 1));

        ticker.addAndGet(ReportCache.MAX_AGE.toNanos());

        assertThat(cache.find(KEY, snapshot(5, NOW, null, 1))).isNull();
    }

    @Test
    void defaultSize_holdsTenThousandReportsOfAnySize() {
        RecentProgress.Snapshot snapshot = snapshot(5, NOW, null, 1);
        for (int i = 0; i < 10_000; i++) {
            ReportKey key = largestKey(i);
            cache.put(key, snapshot.progress(), view(key, 10, Identifier.MAX_LENGTH, snapshot));
        }

        for (int i = 0; i < 10_000; i++) {
            cache.find(largestKey(i), snapshot);
        }

        assertThat(count("hit")).isEqualTo(10_000);
    }

    private static ReportKey largestKey(int number) {
        String id = AbstractReadApiIT.longId(number);
        return new ReportKey(WEEK, id);
    }

    @Test
    void fullCache_evictsReports_andStaysWithinItsSize() {
        DataSize size = DataSize.ofMegabytes(1);
        ReportCache small = cache(size);
        RecentProgress.Snapshot snapshot = snapshot(5, NOW, null, 1);

        for (int i = 0; i < 2_000; i++) {
            ReportKey key = largestKey(i);
            small.put(key, snapshot.progress(), view(key, i % 11, Identifier.MAX_LENGTH, snapshot));
            assertThat(small.bytes()).isBetween(1L, size.toBytes());
        }
        assertThat(small.bytes()).isGreaterThan(size.toBytes() * 9 / 10);
    }

    @Test
    void sizeZero_cachesNothing() {
        ReportCache none = cache(DataSize.ofBytes(0));
        RecentProgress.Snapshot snapshot = snapshot(5, NOW, null, 1);

        none.put(KEY, snapshot.progress(), view(snapshot));

        assertThat(none.find(KEY, snapshot)).isNull();
    }
}
