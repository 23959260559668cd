package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.DistinctSketch.Martingale;
import java.util.Arrays;
import java.util.List;
import org.bson.Document;
import org.bson.types.Binary;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

/** Compares documents with those of earlier releases, which other programs read: the same fields, types and order. */
class ReportDocumentTest {

    private final WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 7), "alice"), "epoch", 3);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300, 20_000})
    void document_hasTheBytesOfEarlierReleases(int events) {
        LikeFixtures.fold(events, report);

        assertThat(bytes(report)).isEqualTo(bytes(earlierDocument()));
    }

    @Test
    void optionalFields_haveTheBytesOfEarlierReleases() {
        LikeFixtures.fold(2, report);
        report.recordCorrection("run-1");
        report.erasure = "mark";
        report.hasMixedSecrets = true;

        assertThat(bytes(report)).isEqualTo(bytes(earlierDocument()));
    }

    /** Creates the document as earlier releases did. */
    private Document earlierDocument() {
        Figures figures = report.figures();
        Document document = new Document("_id", report.key.toString())
                .append("week", "2026-W07")
                .append("authorId", "alice")
                .append("epoch", "epoch")
                .append("generation", 3)
                .append("next", report.next)
                .append("version", 1L)
                .append("revision", figures.revision())
                .append("revisedBy", report.revisedBy)
                .append("likes", figures.likes())
                .append("unlikes", figures.unlikes())
                .append("likers", figures.likers())
                .append(
                        "events",
                        new Document("liked", figures.likedEvents()).append("unliked", figures.unlikedEvents()))
                .append("exact", figures.precision().exact())
                .append("relativeError", figures.precision().relativeError())
                .append("postsTooHighBy", figures.precision().topPostsTooHighBy())
                .append("byDay", figures.byDay())
                .append(
                        "topPosts",
                        figures.topPosts().stream()
                                .map(post -> new Document("postId", post.postId()).append("likes", post.likes()))
                                .toList())
                .append("fans", new Binary(report.likers.toBytes()))
                .append("state", earlierState());
        if (report.erasure != null) {
            document.append("erasure", report.erasure);
        }
        if (report.secretCheck != null) {
            document.append("secretCheck", report.secretCheck);
        }
        if (report.hasMixedSecrets) {
            document.append("mixedSecrets", true);
        }
        return document;
    }

    private Document earlierState() {
        Document state = new Document("liked", new Binary(report.likedPairs.toBytes()))
                .append("unliked", new Binary(report.unlikedPairs.toBytes()))
                .append("posts", new Binary(report.posts.toBytes()));
        if (report.likedPairs instanceof DistinctSketch) {
            state.append(
                    "estimates",
                    new Document("liked", earlierEstimate(report.likedPairs))
                            .append("unliked", earlierEstimate(report.unlikedPairs))
                            .append("likers", earlierEstimate(report.likers)));
        }
        return state;
    }

    private static Document earlierEstimate(DistinctCounter counter) {
        Martingale martingale = ((DistinctSketch) counter).martingale();
        List<Long> byDay = Arrays.stream(counter.byDay()).boxed().toList();
        return new Document("byDay", byDay)
                .append("probability", martingale.probability())
                .append("carry", martingale.carry())
                .append("variance", martingale.variance());
    }
}
