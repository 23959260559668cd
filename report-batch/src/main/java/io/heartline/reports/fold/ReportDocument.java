package io.heartline.reports.fold;

import io.heartline.reports.fold.Figures.Precision;
import io.heartline.reports.fold.WeeklyReport.Key;
import io.heartline.reports.fold.WeeklyReport.PostLikes;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bson.Document;
import org.bson.types.Binary;
import org.threeten.extra.YearWeek;

/**
 * A report as it stands in {@code weeklyReports}: the figures for readers, under {@code state} the sets for the next fold,
 * and the proof of what is in it: {@code epoch}, {@code next}, {@code version}.
 */
final class ReportDocument {

    /** The set of likers: by itself, so that two weeks can be compared without reading the rest of their state. */
    static final String FANS = "fans";

    /** The part that readers leave on the server. */
    static final String STATE = "state";

    private ReportDocument() {}

    /** @param version the one this document is saved under */
    static Document of(WeeklyReport report, long version) {
        return new Document("_id", report.key.toString())
                .append("week", report.key.week().toString())
                .append("authorId", report.key.authorId())
                .append("epoch", report.epoch)
                .append("generation", report.generation)
                .append("next", report.next)
                .append("version", version)
                .append("revision", report.revision)
                .append("revisedBy", report.revisedBy)
                .append("likes", (long) report.likedPairs.size())
                .append("unlikes", (long) report.unlikedPairs.size())
                .append("likers", (long) report.likers.size())
                .append("events", new Document("liked", report.likedEvents).append("unliked", report.unlikedEvents))
                .append("exact", true)
                .append("relativeError", 0.0)
                .append("postsTooHighBy", 0L)
                .append(
                        "byDay",
                        Arrays.stream(report.likedPairs.byDay()).boxed().toList())
                .append(
                        "topPosts",
                        report.topPosts().stream().map(ReportDocument::post).toList())
                .append(FANS, new Binary(report.likers.toBytes()))
                .append(
                        STATE,
                        new Document("liked", new Binary(report.likedPairs.toBytes()))
                                .append("unliked", new Binary(report.unlikedPairs.toBytes()))
                                .append(
                                        "posts",
                                        report.likesByPost.entrySet().stream()
                                                .sorted(Map.Entry.comparingByKey())
                                                .map(e -> post(new PostLikes(e.getKey(), e.getValue())))
                                                .toList()));
    }

    static WeeklyReport report(Document document) {
        Document state = document.get(STATE, Document.class);
        Document events = document.get("events", Document.class);
        Map<String, Long> likesByPost = new HashMap<>();
        posts(state, "posts").forEach(post -> likesByPost.put(post.postId(), post.likes()));
        WeeklyReport report = new WeeklyReport(
                key(document),
                PairSet.of(bytes(state, "liked")),
                PairSet.of(bytes(state, "unliked")),
                PairSet.of(bytes(document, FANS)),
                likesByPost);
        report.epoch = document.getString("epoch");
        report.generation = document.getInteger("generation");
        report.next = document.getLong("next");
        report.version = document.getLong("version");
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
                posts(document, "topPosts"));
    }

    private static Key key(Document document) {
        return new Key(YearWeek.parse(document.getString("week")), document.getString("authorId"));
    }

    private static byte[] bytes(Document parent, String set) {
        return parent.get(set, Binary.class).getData();
    }

    // a list, since a post's id may hold a dot, which a field's name should not
    private static Document post(PostLikes post) {
        return new Document("postId", post.postId()).append("likes", post.likes());
    }

    private static List<PostLikes> posts(Document parent, String field) {
        return parent.getList(field, Document.class).stream()
                .map(post -> new PostLikes(post.getString("postId"), post.getLong("likes")))
                .toList();
    }
}
