package io.heartline.reports.live;

import io.heartline.events.LikeEvent;
import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeekCalendar;
import io.heartline.reports.live.LiveAuthor.LatestErasures;
import io.heartline.reports.live.LiveAuthor.StoredRevision;
import io.heartline.reports.progress.Progress;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/** The weeks of one author that clients watch, and the author's state once it is loaded. Confined to the tail's thread. */
final class WatchedAuthor {

    final String id;

    private final Map<YearWeek, WatchedWeek> weeks = new HashMap<>();
    private @Nullable LiveAuthor state;

    WatchedAuthor(String id) {
        this.id = id;
    }

    @Nullable
    WatchedWeek week(YearWeek week) {
        return weeks.get(week);
    }

    Collection<WatchedWeek> weeks() {
        return weeks.values();
    }

    /** Returns the author's state; null until it is loaded. */
    @Nullable
    LiveAuthor state() {
        return state;
    }

    boolean isIn(int partition) {
        return state != null && state.partition() == partition;
    }

    /** Adds a week, which is complete if the state has its reports already. */
    WatchedWeek watch(YearWeek week) {
        WatchedWeek watched = new WatchedWeek(week);
        weeks.put(week, watched);
        if (state != null && state.hasReportsFor(week)) {
            watched.setReadyAt(state.next());
        }
        return watched;
    }

    /** Removes a week, and the reports that only this week needs. Returns whether it was the last one. */
    boolean unwatch(WatchedWeek week) {
        weeks.remove(week.week);
        if (state != null) {
            state.retain(weeks.keySet());
        }
        return weeks.isEmpty();
    }

    /**
     * Takes over a loaded state.
     *
     * @param replaces whether it replaces the one that exists; otherwise only its missing weeks are added
     * @return the weeks that are loaded by it
     */
    List<WatchedWeek> admit(LiveAuthor loaded, boolean replaces) {
        boolean isNew = state == null || replaces || !state.progress().hasSameOffsets(loaded.progress());
        if (isNew) {
            state = loaded;
        } else {
            state.addMissing(loaded);
        }
        List<WatchedWeek> ready = weeks.values().stream()
                .filter(week -> (isNew || !week.isLoaded()) && state.hasReportsFor(week.week))
                .toList();
        ready.forEach(week -> week.setReadyAt(state.next()));
        if (isNew) {
            ready.forEach(week -> week.clients.forEach(LiveClient::requireReport));
        }
        return ready;
    }

    /**
     * Unloads the watched weeks that a replaced state had, and that the present state lacks.
     *
     * @return the weeks, which must be loaded again
     */
    Set<YearWeek> unloadLostWeeks() {
        Set<YearWeek> lost = new TreeSet<>();
        for (WatchedWeek week : weeks.values()) {
            if (week.isLoaded() && !state.hasReportsFor(week.week)) {
                week.unload();
                lost.add(week.week);
            }
        }
        return lost;
    }

    /**
     * Folds an event.
     *
     * @param changed receives the weeks whose reports have changed
     * @return whether the event was folded into a report
     */
    boolean fold(LikeEvent event, long offset, WeekCalendar calendar, KeyedHash hash, Consumer<WatchedWeek> changed) {
        YearWeek week = state.fold(event, offset, calendar, hash);
        if (week == null) {
            return false;
        }
        change(week, changed);
        change(week.plusWeeks(1), changed); // it states the likers and the likes of the week before
        return true;
    }

    private void change(YearWeek week, Consumer<WatchedWeek> changed) {
        WatchedWeek watched = weeks.get(week);
        if (watched != null) {
            watched.change();
            changed.accept(watched);
        }
    }

    /**
     * Takes over what runs have stored.
     *
     * @param revisions of the reports of sealed weeks
     * @param hasNewAsOf whether the time up to which all likes are stored has changed
     * @param changed receives the weeks whose reports may have changed
     */
    void update(Map<ReportKey, StoredRevision> revisions, boolean hasNewAsOf, Consumer<WatchedWeek> changed) {
        for (WatchedWeek week : weeks.values()) {
            StoredRevision revision = revisions.get(new ReportKey(week.week, id));
            if (revision != null) {
                state.setStored(week.week, revision);
            }
            if (hasNewAsOf || revision != null) {
                change(week.week, changed);
            }
        }
    }

    /**
     * Returns whether the state must be loaded again: the author or a liker was erased, or the offsets were reset.
     *
     * @param progress by partition
     * @param erasures the latest erasures of the author and the author's likers
     */
    boolean isOutdated(Map<Integer, Progress> progress, LatestErasures erasures) {
        Progress current = progress.get(state.partition());
        boolean isReset = current != null
                && !(current.hasSameOffsets(state.progress())
                        && Objects.equals(current.acceptedAt(), state.progress().acceptedAt()));
        return isReset || !state.isFoldedAfter(erasures);
    }

    Set<YearWeek> watchedWeeks() {
        return new TreeSet<>(weeks.keySet());
    }

    long memoryBytes() {
        return state == null ? 0 : state.memoryBytes();
    }
}
