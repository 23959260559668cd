package io.heartline.reports.fold;

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

    /** The part that readers leave on the server. */
    static final String STATE = "state";

    private ReportDocument() {}

    /** @param version the one this document is saved under */
    static Document of(WeeklyReport report, long version) {
        return new Document("_id", report.key.toString())
                .append("week", report.key.week().toString())
                .append("authorId", report.key.authorId())
                .append("epoch", report.epoch)
                .append("next", report.next)
                .append("version", version)
                .append("revision", report.revision)
                .append("revisedBy", report.revisedBy)
                .append("likes", report.likedPairs.size())
                .append("unlikes", report.unlikedPairs.size())
                .append("likers", report.likers.size())
                .append("events", new Document("liked", report.likedEvents).append("unliked", report.unlikedEvents))
                .append(
                        "byDay",
                        Arrays.stream(report.likedPairs.byDay()).boxed().toList())
                .append(
                        "topPosts",
                        report.topPosts().stream().map(ReportDocument::post).toList())
                .append(
                        STATE,
                        new Document("liked", new Binary(report.likedPairs.toBytes()))
                                .append("unliked", new Binary(report.unlikedPairs.toBytes()))
                                .append("likers", new Binary(report.likers.toBytes()))
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
        Map<String, Integer> likesByPost = new HashMap<>();
        posts(state, "posts").forEach(post -> likesByPost.put(post.postId(), post.likes()));
        WeeklyReport report = new WeeklyReport(
                key(document),
                document.getString("epoch"),
                PairSet.of(bytes(state, "liked")),
                PairSet.of(bytes(state, "unliked")),
                PairSet.of(bytes(state, "likers")),
                likesByPost);
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
                document.getInteger("likes"),
                document.getInteger("unlikes"),
                document.getInteger("likers"),
                events.getLong("liked"),
                events.getLong("unliked"),
                document.getList("byDay", Integer.class),
                posts(document, "topPosts"));
    }

    private static Key key(Document document) {
        return new Key(YearWeek.parse(document.getString("week")), document.getString("authorId"));
    }

    private static byte[] bytes(Document state, String set) {
        return state.get(set, Binary.class).getData();
    }

    // a list, since a post's id may hold a dot, which a field's name should not
    private static Document post(PostLikes post) {
        return new Document("postId", post.postId()).append("likes", post.likes());
    }

    private static List<PostLikes> posts(Document parent, String field) {
        return parent.getList(field, Document.class).stream()
                .map(post -> new PostLikes(post.getString("postId"), post.getInteger("likes")))
                .toList();
    }
}
