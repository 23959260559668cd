package io.heartline.reports.ranking;

import io.heartline.reports.read.ReportView.Events;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/**
 * An author in the ranking of a week. The figures are those of the author's report.
 *
 * @param authorId the author
 * @param revision 1, and one more for each run that corrected the sealed week
 * @param likes distinct (post, liker) pairs that liked
 * @param unlikes distinct pairs that withdrew a like; they are not subtracted from {@code likes}
 * @param likers distinct people who liked
 * @param growth likes minus those of the week before; null if the report was last saved by a release without this figure
 * @param events the number of folded records
 * @param precision whether the figures are exact
 */
public record RankedAuthor(
        String authorId,
        int revision,
        long likes,
        long unlikes,
        long likers,
        @Nullable Long growth,
        Events events,
        Precision precision) {

    /**
     * Whether the figures were counted or estimated.
     *
     * @param exact whether every pair was counted
     * @param relativeError three standard errors of the least certain figure, as a fraction of it; 0 if exact
     */
    public record Precision(boolean exact, double relativeError) {}

    /**
     * Returns the author of a report.
     *
     * @param document a document of {@code weeklyReports}, or the part of it with these fields
     */
    static RankedAuthor of(Document document) {
        Document events = document.get("events", Document.class);
        return new RankedAuthor(
                document.getString("authorId"),
                document.getInteger("revision"),
                document.getLong("likes"),
                document.getLong("unlikes"),
                document.getLong("likers"),
                document.getLong("growth"),
                new Events(events.getLong("liked"), events.getLong("unliked")),
                new Precision(document.getBoolean("exact"), document.getDouble("relativeError")));
    }
}
