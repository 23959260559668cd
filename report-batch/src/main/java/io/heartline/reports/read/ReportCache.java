package io.heartline.reports.read;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import io.heartline.events.LikesLog;
import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.progress.Progress;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;
import org.threeten.extra.YearWeek;

/**
 * The reports that were read last. A cached report is returned only if the progress of its partition shows that the stored report has
 * not changed since it was read. While an instance folds the partition, no report of it is cached or returned.
 */
public final class ReportCache {

    /** Limits the time for which changes remain unnoticed that no instance has made, such as those of an operator in the database. */
    static final Duration MAX_AGE = Duration.ofMinutes(10);

    /** Bytes of a report without its author and posts: objects of the key, the figures and the cache, and the serialized form. */
    private static final int FIXED_BYTES = 2_048;

    /** Bytes of a post without its id, as an object and serialized. */
    private static final int POST_BYTES = 136;

    private final long maxBytes;
    private final Cache<ReportKey, Entry> entries;
    private final WeekCalendar calendar;
    private final InstantSource clock;
    private final Counter hits;
    private final Counter misses;

    /** A report, and the progress of its partition before the report was read. */
    private static final class Entry {

        private final Progress readAfter;
        private volatile ReadReport report;

        Entry(Progress readAfter, ReadReport report) {
            this.readAfter = readAfter;
            this.report = report;
        }
    }

    /**
     * Creates an empty cache.
     *
     * @param maxSize the maximum memory of all cached reports, approximately; 0 for no cache
     * @param calendar gives the status of a week
     * @param clock decides whether a partition is leased
     * @param ticker measures the age of a report
     * @param registry counts the reports that were cached and that were not
     */
    public ReportCache(
            DataSize maxSize, WeekCalendar calendar, InstantSource clock, Ticker ticker, MeterRegistry registry) {
        this.maxBytes = maxSize.toBytes();
        this.calendar = calendar;
        this.clock = clock;
        this.entries = Caffeine.newBuilder()
                .maximumWeight(maxBytes)
                .weigher((ReportKey key, Entry entry) -> bytes(entry.report.view()))
                .expireAfterWrite(MAX_AGE)
                .ticker(ticker)
                .executor(Runnable::run)
                .build();
        hits = counter(registry, "hit");
        misses = counter(registry, "miss");
        Gauge.builder("heartline.reports.read.cache.bytes", this::bytes)
                .description("Approximate size of the cached reports in memory")
                .baseUnit("bytes")
                .register(registry);
    }

    private static Counter counter(MeterRegistry registry, String result) {
        return Counter.builder("heartline.reports.read.cache")
                .description("Reads of one report, by whether the cache had it unchanged")
                .tag("result", result)
                .register(registry);
    }

    /** Returns the report as a read after the snapshot would return it; null if it is not cached or may have changed. */
    @Nullable
    ReadReport find(ReportKey key, RecentProgress.Snapshot snapshot) {
        Entry entry = entries.getIfPresent(key);
        if (entry == null || !isUnchanged(entry.readAfter, snapshot.progress())) {
            return null;
        }
        hits.increment();
        ReadReport report = entry.report;
        if (!Objects.equals(report.view().asOf(), snapshot.asOf())) {
            report = new ReadReport(
                    report.view().withAsOf(ReportView.status(key.week(), calendar, snapshot.asOf()), snapshot.asOf()));
            entry.report = report;
        }
        return report;
    }

    /** Returns the reports of a range, oldest first. If one of them is not cached or may have changed, returns null. */
    @Nullable
    List<ReadReport> findAll(String authorId, WeekRange range, RecentProgress.Snapshot snapshot) {
        List<ReadReport> found = new ArrayList<>();
        for (YearWeek week : range.weeks()) {
            ReadReport report = find(new ReportKey(week, authorId), snapshot);
            if (report == null) {
                return null;
            }
            found.add(report);
        }
        return found;
    }

    private boolean isUnchanged(Progress readAfter, Map<Integer, Progress> current) {
        Progress progress = current.get(readAfter.partition());
        return progress != null && progress.hasSameReports(readAfter) && !progress.isLeased(clock.instant());
    }

    /** Counts reports that are read from MongoDB, because {@link #find} has not returned them. */
    void countMisses(int reports) {
        misses.increment(reports);
    }

    /**
     * Adds a report.
     *
     * @param progress was read before the report
     * @return the report, whose serialized form the cache shares
     */
    ReadReport put(ReportKey key, Map<Integer, Progress> progress, ReportView view) {
        ReadReport report = new ReadReport(view);
        Progress readAfter = progressOf(key.authorId(), progress);
        if (maxBytes > 0 && readAfter != null && !readAfter.isLeased(clock.instant())) {
            entries.put(key, new Entry(readAfter, report));
        }
        return report;
    }

    private static @Nullable Progress progressOf(String authorId, Map<Integer, Progress> progress) {
        return progress.values().stream()
                .findAny()
                .map(any -> progress.get(LikesLog.partitionOf(authorId, any.partitions())))
                .orElse(null);
    }

    /** Returns the approximate memory of all cached reports, in bytes. */
    long bytes() {
        return entries.policy().eviction().orElseThrow().weightedSize().orElse(0);
    }

    /** Returns the approximate memory of a cached report with its serialized form, in bytes. */
    static int bytes(ReportView report) {
        int bytes = FIXED_BYTES + 2 * report.authorId().length();
        for (PostLikes post : report.topPosts()) {
            bytes += POST_BYTES + 2 * post.postId().length();
        }
        return bytes;
    }
}
