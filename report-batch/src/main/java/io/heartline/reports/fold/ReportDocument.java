package io.heartline.reports.fold;

import io.heartline.reports.fold.DistinctSketch.Martingale;
import io.heartline.reports.fold.Figures.Precision;
import java.util.Arrays;
import java.util.List;
import org.bson.Document;
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

    /** The check value of the secret that the report was last folded under; absent in reports of releases without secrets. */
    static final String SECRET_CHECK = "secretCheck";

    /** True if the sets also contain hashes under other secrets, or under none; absent if not. */
    static final String MIXED_SECRETS = "mixedSecrets";

    private ReportDocument() {}

    /**
     * Returns the document of a report.
     *
     * @param version the version that this document is saved under
     */
    static Document of(WeeklyReport report, long version) {
        Figures figures = Figures.of(report);
        Precision precision = figures.precision();
        Document document = new Document("_id", report.key.toString())
                .append("week", report.key.week().toString())
                .append("authorId", report.key.authorId())
                .append("epoch", report.epoch)
                .append("generation", report.generation)
                .append("next", report.next)
                .append("version", version)
                .append("revision", figures.revision())
                .append("revisedBy", report.revisedBy)
                .append("likes", figures.likes())
                .append("unlikes", figures.unlikes())
                .append("likers", figures.likers())
                .append(
                        "events",
                        new Document("liked", figures.likedEvents()).append("unliked", figures.unlikedEvents()))
                .append("exact", precision.exact())
                .append("relativeError", precision.relativeError())
                .append("postsTooHighBy", precision.topPostsTooHighBy())
                .append("byDay", figures.byDay())
                .append(
                        "topPosts",
                        figures.topPosts().stream()
                                .map(ReportDocument::postDocument)
                                .toList())
                .append(FANS, new Binary(report.likers.toBytes()))
                .append(STATE, stateDocument(report));
        if (report.erasure != null) {
            document.append(ERASURE, report.erasure);
        }
        if (report.secretCheck != null) {
            document.append(SECRET_CHECK, report.secretCheck);
        }
        if (report.hasMixedSecrets) {
            document.append(MIXED_SECRETS, true);
        }
        return document;
    }

    private static Document stateDocument(WeeklyReport report) {
        Document state = new Document("liked", new Binary(report.likedPairs.toBytes()))
                .append("unliked", new Binary(report.unlikedPairs.toBytes()))
                .append("posts", new Binary(report.posts.toBytes()));
        if (report.likedPairs instanceof DistinctSketch liked
                && report.unlikedPairs instanceof DistinctSketch unliked
                && report.likers instanceof DistinctSketch likers) {
            state.append(
                    "estimates",
                    new Document("liked", estimateDocument(liked))
                            .append("unliked", estimateDocument(unliked))
                            .append("likers", estimateDocument(likers)));
        }
        return state;
    }

    static WeeklyReport report(Document document) {
        Document state = document.get(STATE, Document.class);
        Document events = document.get("events", Document.class);
        Document estimates = state.get("estimates", Document.class);
        WeeklyReport report =
                new WeeklyReport(key(document), document.getString("epoch"), document.getInteger("generation"));
        report.likedPairs = distinctCounter(state, "liked", estimates, "liked");
        report.unlikedPairs = distinctCounter(state, "unliked", estimates, "unliked");
        report.likers = distinctCounter(document, FANS, estimates, "likers");
        report.posts = PostCounts.of(state.get("posts", Binary.class).getData());
        report.next = document.getLong("next");
        report.version = document.getLong("version");
        report.erasure = document.getString(ERASURE);
        report.secretCheck = document.getString(SECRET_CHECK);
        report.hasMixedSecrets = document.getBoolean(MIXED_SECRETS, false);
        report.revision = document.getInteger("revision");
        report.revisedBy = document.getString("revisedBy");
        report.likedEvents = events.getLong("liked");
        report.unlikedEvents = events.getLong("unliked");
        return report;
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
                document.getLong("next"));
    }

    static ReportVersion version(Document document) {
        return new ReportVersion(key(document), document.getLong("version"), document.getString(ERASURE));
    }

    private static ReportKey key(Document document) {
        return new ReportKey(YearWeek.parse(document.getString("week")), document.getString("authorId"));
    }

    // a list, because a post's id may contain a dot, which a field's name should not
    private static Document postDocument(PostLikes post) {
        return new Document("postId", post.postId()).append("likes", post.likes());
    }

    private static Document estimateDocument(DistinctSketch sketch) {
        Martingale martingale = sketch.martingale();
        return new Document("byDay", boxedList(sketch.byDay()))
                .append("probability", martingale.probability())
                .append("carry", martingale.carry())
                .append("variance", martingale.variance());
    }

    private static DistinctCounter distinctCounter(
            Document parent, String field, Document estimates, String estimateField) {
        byte[] bytes = parent.get(field, Binary.class).getData();
        if (estimates == null) {
            return DistinctSet.of(bytes);
        }
        Document estimate = estimates.get(estimateField, Document.class);
        return DistinctSketch.of(
                bytes,
                estimate.getList("byDay", Long.class).stream()
                        .mapToLong(Long::longValue)
                        .toArray(),
                new Martingale(
                        estimate.getDouble("probability"),
                        estimate.getDouble("carry"),
                        estimate.getDouble("variance")));
    }

    private static List<Long> boxedList(long[] days) {
        return Arrays.stream(days).boxed().toList();
    }
}
