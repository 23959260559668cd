package io.heartline.reports.progress;

import io.heartline.reports.progress.Progress.Unstable;
import java.time.Instant;
import java.util.Date;
import org.bson.Document;
import org.jspecify.annotations.Nullable;

/** Reads the documents that Spring writes from {@link Progress}. Spring's own mapping takes several times as long for all partitions. */
final class ProgressDocument {

    static final String COLLECTION = "progress";

    private ProgressDocument() {}

    static Progress progress(Document document) {
        return new Progress(
                document.getInteger("_id"),
                document.getString("epoch"),
                document.getInteger("generation"),
                document.getInteger("partitions"),
                document.get("next", Number.class).longValue(),
                document.getInteger("leaderEpoch"),
                instant(document, "asOf"),
                instant(document, "acceptedAt"),
                document.getString("owner"),
                instant(document, "leasedUntil"),
                unstable(document.get("unstable", Document.class)),
                document.getLong("stamp"));
    }

    private static @Nullable Unstable unstable(@Nullable Document document) {
        return document == null ? null : new Unstable(document.getLong("highWatermark"), instant(document, "seen"));
    }

    private static @Nullable Instant instant(Document document, String field) {
        Date date = document.getDate(field);
        return date == null ? null : date.toInstant();
    }
}
