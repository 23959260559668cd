package io.heartline.reports.feed;

import static io.heartline.reports.mongo.BlockingMongo.await;

import io.heartline.reports.fold.DueReports;
import io.heartline.reports.fold.ReportKey;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.threeten.extra.YearWeek;

/**
 * Enters the erasure of an author into the feed. The changes {@code erased} come before the deletion of the reports, so that a crash
 * between the two leaves no report in a mirror.
 */
public final class ErasedChanges {

    private final ChangeStore changes;
    private final DueReports due;

    /**
     * Creates an object that any number of threads may use.
     *
     * @param changes the changes of the feed
     * @param due marks reports that were folded after the erasure
     */
    public ErasedChanges(ChangeStore changes, DueReports due) {
        this.changes = changes;
        this.due = due;
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
     * Removes the author's earlier changes. Reports that were folded after the erasure are entered again, because their changes may come
     * before the change {@code erased}.
     *
     * @param authorId the author
     * @param firstNumber the number of the first change {@code erased}
     * @param reports the keys of the author's reports of all weeks, stored or not
     */
    public void complete(String authorId, long firstNumber, List<ReportKey> reports) {
        await(changes.removeBefore(authorId, firstNumber));
        await(due.mark(reports));
    }
}
