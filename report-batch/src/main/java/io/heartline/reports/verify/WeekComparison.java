package io.heartline.reports.verify;

import static io.heartline.reports.mongo.BlockingMongo.await;
import static io.heartline.reports.mongo.BlockingMongo.forEach;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.reports.erasure.ErasedLikers;
import io.heartline.reports.erasure.Erasure;
import io.heartline.reports.erasure.ErasureStores;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.ReportProgress;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.progress.Progress;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.OffsetAndTimestamp;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.threeten.extra.YearWeek;

/** Compares the reports of one week with the log. Keeps the reports of one partition's authors in memory at a time. */
final class WeekComparison {

    private static final Logger logger = LoggerFactory.getLogger(WeekComparison.class);
    private static final int REPORTS_PER_BATCH = 100;
    private static final int MAX_ROUNDS = 3;

    private final YearWeek week;
    private final LikesLog log;
    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final ReportStore reports;
    private final ErasureStores stores;
    private final Consumer<byte[], byte[]> consumer;
    private final RangeReader reader;
    private final Map<String, String> differences = new LinkedHashMap<>();
    private final Set<String> onlyEvents = new HashSet<>();
    private Instant readFrom;
    private long compared;

    /** @param readFrom where to read from at first, because hardly any like of the week was logged before it */
    WeekComparison(
            YearWeek week,
            LikesLog log,
            ErasureStores stores,
            Consumer<byte[], byte[]> consumer,
            RangeReader reader,
            Instant readFrom) {
        this.week = week;
        this.log = log;
        this.calendar = stores.calendar();
        this.hash = stores.hash();
        this.reports = stores.reports();
        this.stores = stores;
        this.consumer = consumer;
        this.reader = reader;
        this.readFrom = readFrom;
    }

    /** @param folded progress before any report was read, by partition */
    Verification.Result run(Map<Integer, Progress> folded) {
        compare(folded, null);
        if (!differences.isEmpty()) {
            // likes can be logged earlier: this service does not know the producers' limit for times in the future
            Set<String> different = Set.copyOf(differences.keySet());
            logger.info("{} reports differ: comparing them with all of the log", different.size());
            compared -= different.size();
            differences.clear();
            readFrom = Instant.EPOCH;
            compare(folded, different);
        }
        return new Verification.Result(compared, onlyEvents.size(), List.copyOf(differences.values()), null);
    }

    /** @param only the authors to compare; null for all */
    private void compare(Map<Integer, Progress> folded, Set<String> only) {
        Set<String> remaining = only;
        for (int round = 0; round < MAX_ROUNDS && (remaining == null || !remaining.isEmpty()); round++) {
            Map<String, ReportProgress> stored = new HashMap<>();
            forEach(reports.reportProgress(week), reportState -> stored.put(reportState.authorId(), reportState));
            // after the reports: an author who is erased later has no report when it is compared, and is compared again
            Map<String, Erasure> erased = await(stores.authors().findAll());
            ErasedLikers.Lookup likers = ErasedLikers.lookup(stores);
            Set<String> changed = new HashSet<>();
            for (int partition = 0; partition < log.partitions(); partition++) {
                if (isWanted(partition, remaining)) {
                    changed.addAll(
                            comparePartition(partition, folded.get(partition), stored, erased, likers, remaining));
                    logger.info("partition {} of {}: {} reports so far", partition + 1, log.partitions(), compared);
                }
            }
            remaining = changed;
        }
        if (!remaining.isEmpty()) {
            throw new IllegalStateException(remaining.size() + " reports of " + week
                    + " kept changing while they were compared: verify while no run is running");
        }
    }

    private boolean isWanted(int partition, Set<String> only) {
        return only == null || only.stream().anyMatch(author -> log.partitionOf(author) == partition);
    }

    /** Returns the authors whose report was folded further, deleted, or lost a liker meanwhile. */
    private Set<String> comparePartition(
            int partition,
            @Nullable Progress folded,
            Map<String, ReportProgress> stored,
            Map<String, Erasure> erased,
            ErasedLikers.Lookup likers,
            Set<String> only) {
        Map<String, ReportProgress> own = stored.values().stream()
                .filter(reportState -> log.partitionOf(reportState.authorId()) == partition)
                .filter(reportState -> only == null || only.contains(reportState.authorId()))
                .collect(Collectors.toMap(ReportProgress::authorId, reportState -> reportState));
        Map<String, WeeklyReport> recounted = recount(partition, own, folded, erased, likers, only);
        Set<String> authors = new TreeSet<>(own.keySet());
        authors.addAll(recounted.keySet());
        Set<String> changed = new HashSet<>();
        List<String> inOrder = List.copyOf(authors);
        for (int i = 0; i < inOrder.size(); i += REPORTS_PER_BATCH) {
            changed.addAll(
                    compare(inOrder.subList(i, Math.min(inOrder.size(), i + REPORTS_PER_BATCH)), own, recounted));
        }
        return changed;
    }

    private Map<String, WeeklyReport> recount(
            int partition,
            Map<String, ReportProgress> stored,
            @Nullable Progress folded,
            Map<String, Erasure> erased,
            ErasedLikers.Lookup likers,
            Set<String> only) {
        Map<String, WeeklyReport> recounted = new HashMap<>();
        long foldedUpTo = folded == null ? 0 : folded.next();
        long end = stored.values().stream().mapToLong(ReportProgress::next).reduce(foldedUpTo, Math::max);
        TopicPartition topicPartition = new TopicPartition(log.topic(), partition);
        OffsetAndTimestamp from = consumer.offsetsForTimes(Map.of(topicPartition, readFrom.toEpochMilli()))
                .get(topicPartition);
        if (from == null) { // everything was logged before the week
            return recounted;
        }
        reader.read(topicPartition, from.offset(), end, record -> {
            LikeEvent event = event(record);
            if (event != null
                    && (only == null || only.contains(event.authorId()))
                    && calendar.week(event.at()).equals(week)) {
                ReportProgress reportState = stored.get(event.authorId());
                Erasure erasure = erased.get(event.authorId());
                long firstCounted = erasure == null || folded == null ? 0 : erasure.firstCountedOffset(folded);
                if (record.offset() >= firstCounted
                        && record.offset() < (reportState == null ? foldedUpTo : reportState.next())) {
                    recounted
                            .computeIfAbsent(event.authorId(), author -> report(author, reportState, likers, folded))
                            .fold(
                                    hash,
                                    event,
                                    calendar.day(event.at()).getDayOfWeek().ordinal(),
                                    record.offset());
                }
            }
            return true;
        });
        return recounted;
    }

    private LikeEvent event(ConsumerRecord<byte[], byte[]> record) {
        try {
            return log.read(record);
        } catch (NotALikeEventException e) {
            return null; // runs write it to the dead-letter topic
        }
    }

    /** Returns an empty report that excludes the likers whose erasures the stored report includes. */
    private WeeklyReport report(
            String author, @Nullable ReportProgress stored, ErasedLikers.Lookup likers, @Nullable Progress folded) {
        WeeklyReport report = empty(author);
        if (stored != null && folded != null) {
            likers.of(author, folded, stored.likerErasures()).excludeFrom(report);
        }
        return report;
    }

    private WeeklyReport empty(String author) {
        return new WeeklyReport(new ReportKey(week, author), log.epoch(), 0);
    }

    private Set<String> compare(
            List<String> authors, Map<String, ReportProgress> expected, Map<String, WeeklyReport> recounted) {
        Map<ReportKey, WeeklyReport> stored = new HashMap<>();
        forEach(
                reports.load(authors.stream()
                        .map(author -> new ReportKey(week, author))
                        .toList()),
                report -> stored.put(report.key(), report));
        Set<String> changed = new HashSet<>();
        for (String author : authors) {
            ReportKey key = new ReportKey(week, author);
            WeeklyReport storedReport = stored.get(key);
            ReportProgress reportState = expected.get(author);
            boolean isUnchanged = storedReport == null
                    ? reportState == null
                    : reportState != null
                            && reportState.next() == storedReport.next()
                            && reportState.likerErasures() == storedReport.likerErasures();
            if (!isUnchanged) {
                changed.add(author);
                continue;
            }
            compared++;
            Figures recountedFigures =
                    recounted.getOrDefault(author, empty(author)).figures();
            String difference;
            if (storedReport == null) {
                difference = "there is no report, and the log has " + recountedFigures.likedEvents() + " likes and "
                        + recountedFigures.unlikedEvents() + " unlikes";
            } else if (storedReport.isComparable(hash)) {
                Map<String, Object> figures = figures(storedReport.figures());
                if (storedReport.likerErasures() > 0) {
                    figures.remove("unlikes"); // a withdrawal of a like that no week has is not found
                }
                difference = difference(figures, figures(recountedFigures));
            } else {
                onlyEvents.add(author);
                difference = difference(events(storedReport.figures()), events(recountedFigures));
            }
            if (!difference.isEmpty()) {
                differences.put(author, key + ": " + difference);
            }
        }
        return changed;
    }

    private static String difference(Map<String, Object> left, Map<String, Object> right) {
        return left.keySet().stream()
                .filter(name -> !left.get(name).equals(right.get(name)))
                .map(name -> name + " " + left.get(name) + ", in the log " + right.get(name))
                .collect(Collectors.joining("; "));
    }

    private static Map<String, Object> events(Figures source) {
        Map<String, Object> events = new LinkedHashMap<>();
        events.put("events.liked", source.likedEvents());
        events.put("events.unliked", source.unlikedEvents());
        return events;
    }

    /** Returns all figures except the revision, which depends on the times of runs. */
    private static Map<String, Object> figures(Figures source) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("likes", source.likes());
        figures.put("unlikes", source.unlikes());
        figures.put("likers", source.likers());
        figures.putAll(events(source));
        figures.put("precision", source.precision());
        figures.put("byDay", source.byDay());
        figures.put("topPosts", source.topPosts());
        return figures;
    }
}
