package io.heartline.reports.feed;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.fold.ReportKey;
import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import org.threeten.extra.YearWeek;

/**
 * Enters the erasure of an author into the feed. The changes {@code erased} come before the deletion of the reports, so that a crash
 * between the two leaves no report in a mirror. If a report was folded after the erasure, its change may come before the change
 * {@code erased}. So the sealing pass enters a report again after each change {@code erased}.
 */
public final class ErasedChanges {

    private final ChangeStore changes;

    /**
     * Creates an object that any number of threads may use.
     *
     * @param changes the changes of the feed
     */
    public ErasedChanges(ChangeStore changes) {
        this.changes = changes;
    }

    /**
     * Reads the weeks of which the feed has a change of the author.
     *
     * @param authorId the author
     * @return the weeks, in no particular order
     */
    public Set<YearWeek> weeks(String authorId) {
        return await(changes.weeks(authorId));
    }

    /**
     * Enters a change {@code erased} for each week.
     *
     * @param authorId the author
     * @param weeks the weeks
     * @param now the time by the caller's clock
     * @return the number of the first change; 0 if there are no weeks
     */
    public long enter(String authorId, Collection<YearWeek> weeks, Instant now) {
        return changes.append(new TreeSet<>(weeks)
                .stream()
                        .map(week -> Change.of(new ReportKey(week, authorId), ChangeReason.erased, now))
                        .toList());
    }

    /**
     * Removes the author's earlier changes of some weeks.
     *
     * @param authorId the author
     * @param firstNumber the number of the first change {@code erased}
     * @param entered the weeks that have a change {@code erased} from this number on
     */
    public void removeEarlier(String authorId, long firstNumber, Collection<YearWeek> entered) {
        await(changes.removeBefore(authorId, entered, firstNumber));
    }
}
