package io.heartline.reports.fold;

import io.heartline.reports.fold.DistinctSketch.Martingale;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.bson.BsonBinaryReader;
import org.bson.BsonType;
import org.bson.RawBsonDocument;
import org.jspecify.annotations.Nullable;
import org.threeten.extra.YearWeek;

/**
 * Reads the document of a report, in order to fold events into the report. It reads field by field, because a map of the fields
 * would take most of the time of loading a small report. It skips the figures, because the report computes them.
 */
final class ReportReader {

    private final BsonBinaryReader in;
    private final Map<String, Estimate> estimates = new HashMap<>(); // empty in an exact report
    private @Nullable YearWeek week;
    private @Nullable String authorId;
    private @Nullable String epoch;
    private @Nullable Integer generation;
    private @Nullable Long next;
    private @Nullable Long version;
    private @Nullable Integer revision;
    private @Nullable String revisedBy;
    private @Nullable Long likes;
    private @Nullable Long growth;
    private @Nullable Long likedEvents;
    private @Nullable Long unlikedEvents;
    private byte @Nullable [] fans;
    private byte @Nullable [] liked;
    private byte @Nullable [] unliked;
    private byte @Nullable [] posts;
    private @Nullable String erasure;
    private long likerErasures;
    private @Nullable String secretCheck;
    private boolean hasMixedSecrets;
    private boolean isFeedDue;

    /** What {@link DistinctSketch} needs in addition to its registers. */
    private record Estimate(long[] byDay, Martingale martingale) {}

    private ReportReader(BsonBinaryReader in) {
        this.in = in;
    }

    /**
     * Returns the report of a document.
     *
     * @throws IllegalArgumentException if a field is missing that each release writes
     */
    static WeeklyReport read(RawBsonDocument document) {
        try (BsonBinaryReader in = new BsonBinaryReader(document.getByteBuffer().asNIO())) {
            ReportReader reader = new ReportReader(in);
            reader.readDocument(reader::readField);
            return reader.report();
        }
    }

    private void readDocument(Consumer<String> readField) {
        in.readStartDocument();
        while (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
            String name = in.readName();
            if (in.getCurrentBsonType() == BsonType.NULL) { // as if it were absent
                in.readNull();
            } else {
                readField.accept(name);
            }
        }
        in.readEndDocument();
    }

    private void readField(String name) {
        switch (name) {
            case "week" -> week = YearWeek.parse(in.readString());
            case "authorId" -> authorId = in.readString();
            case "epoch" -> epoch = in.readString();
            case "generation" -> generation = in.readInt32();
            case "next" -> next = in.readInt64();
            case "version" -> version = in.readInt64();
            case "revision" -> revision = in.readInt32();
            case "revisedBy" -> revisedBy = in.readString();
            case "likes" -> likes = in.readInt64();
            case ReportDocument.GROWTH -> growth = in.readInt64();
            case "events" -> readDocument(this::readEvents);
            case ReportDocument.FANS -> fans = readBytes();
            case ReportDocument.STATE -> readDocument(this::readState);
            case ReportDocument.ERASURE -> erasure = in.readString();
            case ReportDocument.LIKER_ERASURES -> likerErasures = in.readInt64();
            case ReportDocument.SECRET_CHECK -> secretCheck = in.readString();
            case ReportDocument.MIXED_SECRETS -> hasMixedSecrets = in.readBoolean();
            case ReportDocument.FEED_DUE -> {
                isFeedDue = true;
                in.skipValue();
            }
            default -> in.skipValue();
        }
    }

    private void readEvents(String name) {
        switch (name) {
            case "liked" -> likedEvents = in.readInt64();
            case "unliked" -> unlikedEvents = in.readInt64();
            default -> in.skipValue();
        }
    }

    private void readState(String name) {
        switch (name) {
            case "liked" -> liked = readBytes();
            case "unliked" -> unliked = readBytes();
            case "posts" -> posts = readBytes();
            case "estimates" -> readDocument(counter -> estimates.put(counter, readEstimate()));
            default -> in.skipValue();
        }
    }

    private Estimate readEstimate() {
        List<Long> byDay = new ArrayList<>();
        Map<String, Double> martingale = new HashMap<>();
        readDocument(name -> {
            switch (name) {
                case "byDay" -> readLongs(byDay);
                case "probability", "carry", "variance" -> martingale.put(name, in.readDouble());
                default -> in.skipValue();
            }
        });
        return new Estimate(
                required("byDay", byDay.isEmpty() ? null : byDay).stream()
                        .mapToLong(Long::longValue)
                        .toArray(),
                new Martingale(
                        required("probability", martingale.get("probability")),
                        required("carry", martingale.get("carry")),
                        required("variance", martingale.get("variance"))));
    }

    private void readLongs(List<Long> values) {
        in.readStartArray();
        while (in.readBsonType() != BsonType.END_OF_DOCUMENT) {
            values.add(in.readInt64());
        }
        in.readEndArray();
    }

    private byte[] readBytes() {
        return in.readBinaryData().getData();
    }

    private WeeklyReport report() {
        WeeklyReport report = new WeeklyReport(
                new ReportKey(required("week", week), required("authorId", authorId)),
                required("epoch", epoch),
                required("generation", generation));
        report.likedPairs = distinctCounter("liked", required("state.liked", liked));
        report.unlikedPairs = distinctCounter("unliked", required("state.unliked", unliked));
        report.likers = distinctCounter("likers", required(ReportDocument.FANS, fans));
        report.posts = PostCounts.of(required("state.posts", posts));
        report.next = required("next", next);
        report.version = required("version", version);
        report.previousLikes = growth == null ? null : Long.valueOf(required("likes", likes) - growth);
        report.erasure = erasure;
        report.likerErasures = likerErasures;
        report.secretCheck = secretCheck;
        report.hasMixedSecrets = hasMixedSecrets;
        report.isFeedDue = isFeedDue;
        report.revision = required("revision", revision);
        report.revisedBy = revisedBy;
        report.likedEvents = required("events.liked", likedEvents);
        report.unlikedEvents = required("events.unliked", unlikedEvents);
        return report;
    }

    private DistinctCounter distinctCounter(String name, byte[] bytes) {
        if (estimates.isEmpty()) {
            return DistinctSet.of(bytes);
        }
        Estimate estimate = required("state.estimates." + name, estimates.get(name));
        return DistinctSketch.of(bytes, estimate.byDay(), estimate.martingale());
    }

    private static <T> T required(String field, @Nullable T value) {
        if (value == null) {
            throw new IllegalArgumentException("a stored report has no field " + field);
        }
        return value;
    }
}
