package io.heartline.reports.fold;

import io.heartline.reports.fold.DistinctSketch.Martingale;
import io.heartline.reports.fold.Figures.PostLikes;
import io.heartline.reports.fold.Figures.Precision;
import io.heartline.reports.fold.ReportStore.ReportVersion;
import org.bson.BsonBinary;
import org.bson.BsonBinaryWriter;
import org.bson.BsonWriter;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.io.BasicOutputBuffer;
import org.bson.types.Binary;
import org.threeten.extra.YearWeek;

/**
 * A report as a document of {@code weeklyReports}. Readers get the figures. The next fold also needs {@code fans} and
 * {@code state}. The fields {@code epoch}, {@code generation}, {@code next} and {@code version} prove which records it
 * includes.
 */
final class ReportDocument {

    /**
     * The stored likers. They have a field of their own, so that two weeks can be compared without reading the rest of
     * the state.
     */
    static final String FANS = "fans";

    /** The state for the next fold. The queries of readers exclude it. */
    static final String STATE = "state";

    /** The mark of the author's latest erasure when the report was folded; absent if the author was never erased. */
    static final String ERASURE = "erasure";

    /** The number of the author's latest erasure of a liker that the report includes; absent if there was none. */
    static final String LIKER_ERASURES = "likerErasures";

    /** The check value of the secret that the report was last folded under; absent in reports of releases without secrets. */
    static final String SECRET_CHECK = "secretCheck";

    /** True if the sets also contain hashes under other secrets, or under none; absent if not. */
    static final String MIXED_SECRETS = "mixedSecrets";

    /** The likes minus those of the week before; absent if a release without this field has saved the report last. */
    static final String GROWTH = "growth";

    /** The posts of the state, for a list of all posts. */
    static final String POSTS = STATE + ".posts";

    /** A random number, set while the feed of revisions has to enter the report; absent if not. */
    static final String FEED_DUE = "feedDue";

    /** The first size of the buffer, which grows if a document needs more. */
    private static final int BYTES_WITHOUT_STATE = 1024;

    private ReportDocument() {}

    /**
     * Returns the document of a report. It is written field by field, because a map of its fields would take most of the time of saving a
     * small report.
     *
     * @param version the version that this document is saved under
     */
    static RawBsonDocument of(WeeklyReport report, long version) {
        byte[] fans = report.likers.toBytes();
        byte[] liked = report.likedPairs.toBytes();
        byte[] unliked = report.unlikedPairs.toBytes();
        byte[] posts = report.posts.toBytes();
        BasicOutputBuffer out =
                new BasicOutputBuffer(BYTES_WITHOUT_STATE + fans.length + liked.length + unliked.length + posts.length);
        try (BsonBinaryWriter document = new BsonBinaryWriter(out)) {
            document.writeStartDocument();
            writeFigures(document, report, version);
            document.writeBinaryData(FANS, new BsonBinary(fans));
            document.writeStartDocument(STATE);
            document.writeBinaryData("liked", new BsonBinary(liked));
            document.writeBinaryData("unliked", new BsonBinary(unliked));
            document.writeBinaryData("posts", new BsonBinary(posts));
            writeEstimates(document, report);
            document.writeEndDocument();
            if (report.erasure != null) {
                document.writeString(ERASURE, report.erasure);
            }
            if (report.likerErasures != 0) {
                document.writeInt64(LIKER_ERASURES, report.likerErasures);
            }
            if (report.secretCheck != null) {
                document.writeString(SECRET_CHECK, report.secretCheck);
            }
            if (report.hasMixedSecrets) {
                document.writeBoolean(MIXED_SECRETS, true);
            }
            if (report.isFeedDue) {
                document.writeInt64(FEED_DUE, version); // as random as any
            }
            document.writeEndDocument();
        }
        return new RawBsonDocument(out.getInternalBuffer(), 0, out.getPosition());
    }

    private static void writeFigures(BsonWriter document, WeeklyReport report, long version) {
        Figures figures = Figures.of(report);
        Precision precision = figures.precision();
        document.writeString("_id", report.key.toString());
        document.writeString("week", report.key.week().toString());
        document.writeString("authorId", report.key.authorId());
        document.writeString("epoch", report.epoch);
        document.writeInt32("generation", report.generation);
        document.writeInt64("next", report.next);
        document.writeInt64("version", version);
        document.writeInt32("revision", figures.revision());
        if (report.revisedBy == null) {
            document.writeNull("revisedBy");
        } else {
            document.writeString("revisedBy", report.revisedBy);
        }
        document.writeInt64("likes", figures.likes());
        document.writeInt64("unlikes", figures.unlikes());
        document.writeInt64("likers", figures.likers());
        if (report.previousLikes != null) {
            document.writeInt64(GROWTH, figures.likes() - report.previousLikes);
        }
        document.writeStartDocument("events");
        document.writeInt64("liked", figures.likedEvents());
        document.writeInt64("unliked", figures.unlikedEvents());
        document.writeEndDocument();
        document.writeBoolean("exact", precision.exact());
        document.writeDouble("relativeError", precision.relativeError());
        document.writeInt64("postsTooHighBy", precision.topPostsTooHighBy());
        document.writeStartArray("byDay");
        figures.byDay().forEach(document::writeInt64);
        document.writeEndArray();
        document.writeStartArray("topPosts"); // a post's id may contain a dot, which a field's name should not
        for (PostLikes post : figures.topPosts()) {
            document.writeStartDocument();
            document.writeString("postId", post.postId());
            document.writeInt64("likes", post.likes());
            document.writeEndDocument();
        }
        document.writeEndArray();
    }

    private static void writeEstimates(BsonWriter state, WeeklyReport report) {
        if (report.likedPairs instanceof DistinctSketch liked
                && report.unlikedPairs instanceof DistinctSketch unliked
                && report.likers instanceof DistinctSketch likers) {
            state.writeStartDocument("estimates");
            writeEstimate(state, "liked", liked);
            writeEstimate(state, "unliked", unliked);
            writeEstimate(state, "likers", likers);
            state.writeEndDocument();
        }
    }

    private static void writeEstimate(BsonWriter estimates, String name, DistinctSketch sketch) {
        Martingale martingale = sketch.martingale();
        estimates.writeStartDocument(name);
        estimates.writeStartArray("byDay");
        for (long likes : sketch.byDay()) {
            estimates.writeInt64(likes);
        }
        estimates.writeEndArray();
        estimates.writeDouble("probability", martingale.probability());
        estimates.writeDouble("carry", martingale.carry());
        estimates.writeDouble("variance", martingale.variance());
        estimates.writeEndDocument();
    }

    static Figures figures(Document document) {
        Document events = document.get("events", Document.class);
        return new Figures(
                key(document),
                document.getInteger("revision"),
                document.getLong("likes"),
                document.getLong("unlikes"),
                document.getLong("likers"),
                events.getLong("liked"),
                events.getLong("unliked"),
                new Precision(
                        document.getBoolean("exact"),
                        document.getDouble("relativeError"),
                        document.getLong("postsTooHighBy")),
                document.getList("byDay", Long.class),
                document.getList("topPosts", Document.class).stream()
                        .map(post -> new PostLikes(post.getString("postId"), post.getLong("likes")))
                        .toList());
    }

    static StoredPosts storedPosts(Document document) {
        return StoredPosts.of(
                document.getBoolean("exact"),
                document.get(STATE, Document.class).get("posts", Binary.class).getData());
    }

    static StoredLikers storedLikers(Document document) {
        return new StoredLikers(
                document.getBoolean("exact"),
                document.get(FANS, Binary.class).getData(),
                document.getString(SECRET_CHECK),
                document.getBoolean(MIXED_SECRETS, false));
    }

    static ReportStore.ReportProgress reportProgress(Document document) {
        return new ReportStore.ReportProgress(
                document.getString("authorId"),
                document.getString("epoch"),
                document.getInteger("generation"),
                document.getLong("next"),
                likerErasures(document));
    }

    static ReportVersion version(Document document) {
        return new ReportVersion(
                key(document), document.getLong("version"), document.getString(ERASURE), likerErasures(document));
    }

    private static long likerErasures(Document document) {
        Long number = document.getLong(LIKER_ERASURES);
        return number == null ? 0 : number;
    }

    static ReportKey key(Document document) {
        return new ReportKey(YearWeek.parse(document.getString("week")), document.getString("authorId"));
    }
}
