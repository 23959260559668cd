package io.heartline.reports.read;

import io.heartline.reports.read.ReportView.Events;
import org.bson.Document;

/** An author's place in a week's ranking: by likes, ties by id. The figures are those of the author's report. */
public record RankedAuthor(
        String authorId, int revision, long likes, long unlikes, long likers, Events events, Precision precision) {

    /** @param relativeError three standard errors of the least certain figure, as a share of it; 0 when exact */
    public record Precision(boolean exact, double relativeError) {}

    /** @param document of {@code weeklyReports}, or as much of it as this needs */
    static RankedAuthor of(Document document) {
        Document events = document.get("events", Document.class);
        return new RankedAuthor(
                document.getString("authorId"),
                document.getInteger("revision"),
                document.getLong("likes"),
                document.getLong("unlikes"),
                document.getLong("likers"),
                new Events(events.getLong("liked"), events.getLong("unliked")),
                new Precision(document.getBoolean("exact"), document.getDouble("relativeError")));
    }
}
