package io.heartline.reports.live;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.live.LiveAuthor.LatestErasures;
import io.heartline.reports.live.LiveAuthor.StoredRevision;
import io.heartline.reports.progress.Progress;
import io.heartline.reports.read.ReportView;
import io.heartline.web.problem.ApiException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * The watched authors of this instance: one folded state for each, however many clients watch it. Confined to the tail's thread. Time is in
 * nanoseconds of a monotonic clock.
 */
final class LiveAuthors {

    private final WeekCalendar calendar;
    private final KeyedHash hash;
    private final LiveLimits limits;
    private final LiveMetrics metrics;
    private final BiConsumer<String, Set<YearWeek>> load;
    private final Function<ReportView, byte[]> encode;

    private final Map<String, WatchedAuthor> authors = new HashMap<>();
    private final Map<LiveClient, WatchedWeek> weeksOfClients = new HashMap<>();
    private final Map<Integer, Long> positions = new HashMap<>(); // by partition, all records below are folded
    private final DueWeeks due = new DueWeeks();
    private @Nullable Instant asOf;

    /**
     * Creates an empty set.
     *
     * @param load requests an author's state for some weeks, which {@link #admit} or {@link #refuse} answers
     * @param encode returns the JSON of a report
     */
    LiveAuthors(
            WeekCalendar calendar,
            KeyedHash hash,
            LiveLimits limits,
            LiveMetrics metrics,
            BiConsumer<String, Set<YearWeek>> load,
            Function<ReportView, byte[]> encode) {
        this.calendar = calendar;
        this.hash = hash;
        this.limits = limits;
        this.metrics = metrics;
        this.load = load;
        this.encode = encode;
    }

    /** Adds a client. It receives the present report as soon as the author's state is loaded. */
    void attach(LiveClient client) {
        if (client.hasLeft()) {
            return; // and was detached already
        }
        YearWeek week = client.request().week().get();
        String id = client.request().authorId();
        WatchedAuthor author = authors.get(id);
        WatchedWeek watched = author == null ? null : author.week(week);
        if (watched == null) {
            try {
                limits.requireRoom(author == null ? authors.size() + 1 : authors.size(), memoryBytes());
            } catch (ApiException e) {
                client.fail(e);
                return;
            }
            watched = authors.computeIfAbsent(id, WatchedAuthor::new).watch(week);
            if (!watched.isLoaded()) {
                load.accept(id, Set.of(week));
            }
        }
        watched.clients.add(client);
        weeksOfClients.put(client, watched);
        due.add(watched);
    }

    /** Removes a client, and everything that no other client needs. */
    void detach(LiveClient client) {
        WatchedWeek week = weeksOfClients.remove(client);
        if (week != null) {
            week.clients.remove(client);
            removeIfUnwatched(client.request().authorId(), week);
        }
    }

    /** Lets a client of the current week follow the calendar. The author's state stays loaded meanwhile. */
    private void moveToPresentWeek(LiveClient client) {
        WatchedWeek past = weeksOfClients.remove(client);
        past.clients.remove(client);
        attach(client);
        removeIfUnwatched(client.request().authorId(), past);
    }

    private void removeIfUnwatched(String authorId, WatchedWeek week) {
        if (week.clients.isEmpty()) {
            due.remove(week);
            if (authors.get(authorId).unwatch(week)) {
                authors.remove(authorId);
            }
        }
    }

    /**
     * Takes over a loaded state, unless no client watches the author any more, or the states are too large together. If there is a state
     * already, its missing weeks are added.
     *
     * @param replaces whether the state replaces the one that exists, because that one is outdated
     */
    void admit(LiveAuthor loaded, boolean replaces) {
        WatchedAuthor author = authors.get(loaded.id());
        if (author == null) {
            return;
        }
        if (!replaces && memoryBytes() + loaded.memoryBytes() > limits.maxStateBytes()) {
            refuse(author.id, author.watchedWeeks(), limits.stateTooLarge());
            return;
        }
        author.admit(loaded, replaces).forEach(due::add);
        Set<YearWeek> lost = author.unloadLostWeeks();
        if (!lost.isEmpty()) {
            load.accept(author.id, lost);
        }
    }

    /** Refuses the clients of an author's weeks that are not loaded. Loaded weeks continue as they are. */
    void refuse(String authorId, Collection<YearWeek> weeks, RuntimeException reason) {
        WatchedAuthor author = authors.get(authorId);
        if (author == null) {
            return;
        }
        weeks.stream()
                .map(author::week)
                .filter(week -> week != null && !week.isLoaded())
                .flatMap(week -> week.clients.stream())
                .toList()
                .forEach(client -> {
                    detach(client);
                    client.fail(reason);
                });
    }

    /** Returns whether the author's records must be folded. */
    boolean isLoaded(String authorId) {
        WatchedAuthor author = authors.get(authorId);
        return author != null && author.state() != null;
    }

    /** Folds an event, unless the author is not watched. */
    void fold(LikeEvent event, long offset) {
        if (isLoaded(event.authorId())) {
            metrics.record(authors.get(event.authorId()).fold(event, offset, calendar, hash, due::change));
        }
    }

    /** Records that all records of a partition below an offset are folded. */
    void advance(int partition, long offset) {
        positions.put(partition, offset);
    }

    /** Records that a partition is read again from an offset. States keep the records that they have. */
    void rewind(int partition, long offset) {
        long folded = positions.getOrDefault(partition, offset);
        loaded().filter(author -> author.isIn(partition))
                .forEach(author -> author.state().advanceTo(folded));
        positions.put(partition, offset);
    }

    private Stream<WatchedAuthor> loaded() {
        return authors.values().stream().filter(author -> author.state() != null);
    }

    /** Returns the partitions of the loaded authors. */
    Set<Integer> partitions() {
        return loaded().map(author -> author.state().partition()).collect(Collectors.toSet());
    }

    /**
     * Sends reports to the clients that lack them.
     *
     * @return the time until the next client may receive one, in nanoseconds; {@link Long#MAX_VALUE} if none lacks any
     */
    long publish(long now) {
        for (WatchedWeek week : due.take(now)) {
            Long dueAt = publish(week, now);
            if (dueAt != null) {
                due.addAgain(week, dueAt, now);
            }
        }
        return due.nanosUntilNext(now);
    }

    /** Returns the time to examine the week again; null if no client lacks its report. */
    private @Nullable Long publish(WatchedWeek week, long now) {
        LiveAuthor author = stateOf(week);
        if (author == null) {
            return null; // it is examined once the state is loaded
        }
        long position = positions.getOrDefault(author.partition(), 0L);
        return week.isComplete(position)
                ? week.publish(author, position, calendar, asOf, encode, now)
                : Long.valueOf(now);
    }

    /** Returns the state of the week's author; null if it is not loaded. A week without clients is never examined. */
    private @Nullable LiveAuthor stateOf(WatchedWeek week) {
        String id = week.clients.iterator().next().request().authorId();
        return authors.get(id).state();
    }

    /**
     * Sends the heartbeats that are due, ends the streams whose tokens have expired, and lets clients of the current week follow the
     * calendar.
     *
     * @param staleSince returns the time since which records of a partition may be missing; null if none are
     */
    void tick(Function<Integer, @Nullable Instant> staleSince, long now) {
        for (LiveClient client : List.copyOf(weeksOfClients.keySet())) {
            if (client.isExpired(now)) {
                detach(client);
                client.expire();
            } else if (!client.request().week().get().equals(weeksOfClients.get(client).week)) {
                moveToPresentWeek(client);
            }
        }
        loaded().forEach(author -> {
            LiveAuthor state = author.state();
            state.advanceTo(positions.getOrDefault(state.partition(), 0L));
            Instant since = staleSince.apply(state.partition());
            byte[] stale = since == null ? null : LiveEvent.stale(since);
            byte[] through = LiveEvent.through(state.through());
            author.weeks().forEach(week -> week.clients.forEach(client -> client.heartbeat(stale, through, now)));
        });
        metrics.state(authors.size(), weeksOfClients.size(), memoryBytes());
    }

    /** Returns the watched weeks of all loaded authors. */
    Set<ReportKey> watchedReports() {
        Set<ReportKey> keys = new HashSet<>();
        loaded().forEach(author -> author.weeks().forEach(week -> keys.add(new ReportKey(week.week, author.id))));
        return keys;
    }

    /** Returns the watched weeks of the loaded authors in some partitions. */
    Map<String, Set<YearWeek>> watchedIn(Set<Integer> partitions) {
        return loaded().filter(author -> partitions.contains(author.state().partition()))
                .collect(Collectors.toMap(author -> author.id, WatchedAuthor::watchedWeeks));
    }

    /**
     * Takes over what runs and operators have stored.
     *
     * @param progress by partition
     * @param revisions of the watched reports of sealed weeks
     * @param erasures the latest erasures, by author; authors without any may be missing
     * @return the weeks of the authors whose state is outdated, because of an erasure or because the offsets were reset
     */
    Map<String, Set<YearWeek>> update(
            Map<Integer, Progress> progress,
            Map<ReportKey, StoredRevision> revisions,
            Map<String, LatestErasures> erasures) {
        Instant latest = ReportView.asOf(progress);
        boolean hasNewAsOf = latest != null && !latest.equals(asOf);
        asOf = latest;
        loaded().forEach(author -> author.update(revisions, hasNewAsOf, due::change));
        return loaded().filter(
                        author -> author.isOutdated(progress, erasures.getOrDefault(author.id, LatestErasures.NONE)))
                .collect(Collectors.toMap(author -> author.id, WatchedAuthor::watchedWeeks));
    }

    /** Ends all streams, so that the clients reconnect. */
    void endAll() {
        List<LiveClient> clients = List.copyOf(weeksOfClients.keySet());
        clients.forEach(this::detach);
        clients.forEach(LiveClient::end);
    }

    /** Returns the approximate size of all states in memory. */
    long memoryBytes() {
        return authors.values().stream().mapToLong(WatchedAuthor::memoryBytes).sum();
    }

    boolean isEmpty() {
        return authors.isEmpty();
    }
}
