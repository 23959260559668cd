package io.heartline.reports.run;

import static io.heartline.reports.run.MongoCalls.await;
import static io.heartline.reports.run.MongoCalls.forEach;

import io.heartline.events.LikeEvent;
import io.heartline.events.LikesLog;
import io.heartline.events.NotALikeEventException;
import io.heartline.reports.fold.Figures;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.fold.ReportStore.Folded;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.fold.WeeklyReport.Key;
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

/** Of one week, as stored and as the log has it. Holds the reports of one partition's authors at a time. */
final class Comparison {

    private static final Logger logger = LoggerFactory.getLogger(Comparison.class);
    private static final int REPORTS_AT_ONCE = 100;
    private static final int ROUNDS = 3;

    private final YearWeek week;
    private final LikesLog log;
    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final ReportStore reports;
    private final ErasureStore erasures;
    private final Consumer<byte[], byte[]> consumer;
    private final LogReader reader;
    private final Map<String, String> differences = new LinkedHashMap<>();
    private final Set<String> underOtherSecrets = new HashSet<>();
    private Instant begin;
    private long compared;

    /** @param begin where to read from at first: hardly anything of the week was logged before it */
    Comparison(
            YearWeek week,
            LikesLog log,
            WeekCalendar calendar,
            KeyedHash hash,
            ReportStore reports,
            ErasureStore erasures,
            Consumer<byte[], byte[]> consumer,
            LogReader reader,
            Instant begin) {
        this.week = week;
        this.log = log;
        this.calendar = calendar;
        this.hash = hash;
        this.reports = reports;
        this.erasures = erasures;
        this.consumer = consumer;
        this.reader = reader;
        this.begin = begin;
    }

    /** @param folded progress, as it was before any report was looked at */
    Verification.Result run(Map<Integer, Progress> folded) {
        compare(folded, null);
        if (!differences.isEmpty()) {
            // the producers' limit for times ahead of the log is not known here, and others may write to the topic, too
            Set<String> different = Set.copyOf(differences.keySet());
            logger.info("{} reports differ: comparing them with all of the log", different.size());
            compared -= different.size();
            differences.clear();
            begin = Instant.EPOCH;
            compare(folded, different);
        }
        return new Verification.Result(compared, underOtherSecrets.size(), List.copyOf(differences.values()), null);
    }

    /** @param only the authors to compare; null for all */
    private void compare(Map<Integer, Progress> folded, Set<String> only) {
        Set<String> left = only;
        for (int round = 0; round < ROUNDS && (left == null || !left.isEmpty()); round++) {
            Map<String, Folded> stored = new HashMap<>();
            forEach(reports.folded(week), at -> stored.put(at.authorId(), at));
            // after the reports: an author who is erased later has no report when it is compared, and is compared again
            Map<String, Erasure> erased = await(erasures.all());
            Set<String> moved = new HashSet<>();
            for (int partition = 0; partition < log.partitions(); partition++) {
                if (isWanted(partition, left)) {
                    moved.addAll(partition(partition, folded.get(partition), stored, erased, left));
                    logger.info("partition {} of {}: {} reports so far", partition + 1, log.partitions(), compared);
                }
            }
            left = moved;
        }
        if (!left.isEmpty()) {
            throw new IllegalStateException(left.size() + " reports of " + week
                    + " kept changing while they were compared: verify when no run is going");
        }
    }

    private boolean isWanted(int partition, Set<String> only) {
        return only == null || only.stream().anyMatch(author -> log.partitionOf(author) == partition);
    }

    /** Returns the authors whose report was folded further, or deleted, meanwhile. */
    private Set<String> partition(
            int partition,
            @Nullable Progress folded,
            Map<String, Folded> stored,
            Map<String, Erasure> erased,
            Set<String> only) {
        Map<String, Folded> own = stored.values().stream()
                .filter(at -> log.partitionOf(at.authorId()) == partition)
                .filter(at -> only == null || only.contains(at.authorId()))
                .collect(Collectors.toMap(Folded::authorId, at -> at));
        Map<String, WeeklyReport> derived = derive(partition, own, folded, erased, only);
        Set<String> authors = new TreeSet<>(own.keySet());
        authors.addAll(derived.keySet());
        Set<String> moved = new HashSet<>();
        List<String> inOrder = List.copyOf(authors);
        for (int i = 0; i < inOrder.size(); i += REPORTS_AT_ONCE) {
            moved.addAll(compare(inOrder.subList(i, Math.min(inOrder.size(), i + REPORTS_AT_ONCE)), own, derived));
        }
        return moved;
    }

    private Map<String, WeeklyReport> derive(
            int partition,
            Map<String, Folded> stored,
            @Nullable Progress folded,
            Map<String, Erasure> erased,
            Set<String> only) {
        Map<String, WeeklyReport> derived = new HashMap<>();
        long promised = folded == null ? 0 : folded.next();
        long end = stored.values().stream().mapToLong(Folded::next).reduce(promised, Math::max);
        TopicPartition in = new TopicPartition(log.topic(), partition);
        OffsetAndTimestamp from =
                consumer.offsetsForTimes(Map.of(in, begin.toEpochMilli())).get(in);
        if (from == null) { // everything was logged before the week
            return derived;
        }
        reader.read(in, from.offset(), end, record -> {
            LikeEvent event = event(record);
            if (event != null
                    && (only == null || only.contains(event.authorId()))
                    && calendar.week(event.at()).equals(week)) {
                Folded at = stored.get(event.authorId());
                Erasure erasure = erased.get(event.authorId());
                long firstCounted = erasure == null || folded == null ? 0 : erasure.firstCounted(folded);
                if (record.offset() >= firstCounted && record.offset() < (at == null ? promised : at.next())) {
                    derived.computeIfAbsent(event.authorId(), author -> report(author))
                            .fold(
                                    hash,
                                    event,
                                    calendar.day(event.at()).getDayOfWeek().ordinal(),
                                    record.offset());
                }
            }
            return true;
        });
        return derived;
    }

    private LikeEvent event(ConsumerRecord<byte[], byte[]> record) {
        try {
            return log.read(record);
        } catch (NotALikeEventException e) {
            return null; // runs set it aside
        }
    }

    private WeeklyReport report(String author) {
        return new WeeklyReport(new Key(week, author), log.epoch(), 0);
    }

    private Set<String> compare(List<String> authors, Map<String, Folded> expected, Map<String, WeeklyReport> derived) {
        Map<Key, WeeklyReport> stored = new HashMap<>();
        forEach(
                reports.load(
                        authors.stream().map(author -> new Key(week, author)).toList()),
                report -> stored.put(report.key(), report));
        Set<String> moved = new HashSet<>();
        for (String author : authors) {
            Key key = new Key(week, author);
            WeeklyReport found = stored.get(key);
            Folded at = expected.get(author);
            boolean isAsSeen = found == null ? at == null : at != null && at.next() == found.next();
            if (!isAsSeen) {
                moved.add(author);
                continue;
            }
            compared++;
            Figures inTheLog = derived.getOrDefault(author, report(author)).figures();
            String difference;
            if (found == null) {
                difference = "there is no report, and the log has " + inTheLog.likedEvents() + " likes and "
                        + inTheLog.unlikedEvents() + " unlikes";
            } else if (found.isComparable(hash)) {
                difference = difference(figures(found.figures()), figures(inTheLog));
            } else {
                underOtherSecrets.add(author);
                difference = difference(events(found.figures()), events(inTheLog));
            }
            if (!difference.isEmpty()) {
                differences.put(author, key + ": " + difference);
            }
        }
        return moved;
    }

    private static String difference(Map<String, Object> left, Map<String, Object> right) {
        return left.keySet().stream()
                .filter(name -> !left.get(name).equals(right.get(name)))
                .map(name -> name + " " + left.get(name) + ", in the log " + right.get(name))
                .collect(Collectors.joining("; "));
    }

    private static Map<String, Object> events(Figures of) {
        Map<String, Object> events = new LinkedHashMap<>();
        events.put("events.liked", of.likedEvents());
        events.put("events.unliked", of.unlikedEvents());
        return events;
    }

    /** But for the number of corrections, which depends on when runs were. */
    private static Map<String, Object> figures(Figures of) {
        Map<String, Object> figures = new LinkedHashMap<>();
        figures.put("likes", of.likes());
        figures.put("unlikes", of.unlikes());
        figures.put("likers", of.likers());
        figures.putAll(events(of));
        figures.put("precision", of.precision());
        figures.put("byDay", of.byDay());
        figures.put("topPosts", of.topPosts());
        return figures;
    }
}
