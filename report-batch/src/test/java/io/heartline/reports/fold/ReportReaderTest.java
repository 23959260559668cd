package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.bytes;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.threeten.extra.YearWeek;

/** Loads documents of reports. */
class ReportReaderTest {

    private static final int ESTIMATED = 20_000;

    private final WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 7), "alice"), "epoch", 3);

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 300, ESTIMATED})
    void loadedReport_isSavedWithTheSameBytes(int events) {
        LikeFixtures.fold(events, report);

        assertThat(bytes(read(ReportBytes.document(report)))).isEqualTo(bytes(report));
    }

    @Test
    void optionalFields_areLoaded() {
        LikeFixtures.fold(1, report);
        report.recordCorrection("run-1");
        report.markFeedDue();
        report.previousLikes = 7L;
        report.erasure = "mark";
        report.likerErasures = 5;
        report.hasMixedSecrets = true;

        WeeklyReport loaded = read(ReportBytes.document(report));

        assertThat(bytes(loaded)).isEqualTo(bytes(report));
        assertThat(loaded.version).isEqualTo(1);
        assertThat(loaded.previousLikes).isEqualTo(7);
    }

    @Test
    void fieldsInAnotherOrder_unknownFields_andNulls_areTheSameReport() {
        LikeFixtures.fold(ESTIMATED, report);
        Document document = new Document("unknown", List.of(1));
        List<String> names = new ArrayList<>(ReportBytes.document(report).keySet());
        Collections.reverse(names);
        names.forEach(name -> document.append(name, ReportBytes.document(report).get(name)));
        document.append("growth", null).append("erasure", null);
        for (List<String> parts :
                List.of(List.of("events"), List.of("state"), List.of("state", "estimates", "likers"))) {
            document.getEmbedded(parts, Document.class).append("unknown", "text");
        }

        assertThat(bytes(read(document))).isEqualTo(bytes(report));
    }

    /** If a position were 0 instead, the records below it would be folded again. */
    @ParameterizedTest
    @ValueSource(strings = {"week", "authorId", "epoch", "generation", "next", "version", "revision", "fans"})
    void missingField_isRefused(String name) {
        LikeFixtures.fold(1, report);
        Document document = ReportBytes.document(report);
        assertThat(document.remove(name)).isNotNull();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(document))
                .withMessage("a stored report has no field " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"byDay", "probability", "carry", "variance"})
    void missingPartOfAnEstimate_isRefused(String name) {
        LikeFixtures.fold(ESTIMATED, report);
        Document document = ReportBytes.document(report);
        assertThat(document.getEmbedded(List.of("state", "estimates", "likers"), Document.class)
                        .remove(name))
                .isNotNull();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> read(document))
                .withMessage("a stored report has no field " + name);
    }

    @ParameterizedTest
    @ValueSource(strings = {"events", "state"})
    void missingPart_isRefused(String name) {
        LikeFixtures.fold(1, report);
        Document document = ReportBytes.document(report);
        assertThat(document.remove(name)).isNotNull();

        assertThatIllegalArgumentException().isThrownBy(() -> read(document)).withMessageContaining(name + ".");
    }

    private static WeeklyReport read(Document document) {
        return ReportReader.read(new RawBsonDocument(bytes(document)));
    }
}
