package io.heartline.reports.fold;

import static io.heartline.reports.fold.ReportBytes.savedAndLoaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.StoredLikers.ReturningLikers;
import java.nio.charset.StandardCharsets;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

/** The secret under which a report was folded, and its effect on the figures. */
class ReportSecretsTest {

    private static final KeyedHash FIRST = LikeFixtures.HASH;
    private static final KeyedHash SECOND = new KeyedHash("another secret...".getBytes(StandardCharsets.US_ASCII));

    private long offset;

    @Test
    void reportUnderOneSecret_storesItsCheckValue() {
        WeeklyReport report = savedAndLoaded(folded(FIRST, "bob"));

        assertThat(report.secretCheck).isEqualTo(FIRST.checkValue());
        assertThat(report.hasMixedSecrets).isFalse();
    }

    @Test
    void eventsUnderAnotherSecret_keepTheFigures_andCountAPairOncePerSecret() {
        WeeklyReport report = savedAndLoaded(folded(FIRST, "bob", "carol"));

        fold(SECOND, report, "bob");
        fold(SECOND, report, "bob");
        fold(SECOND, report, "dave");

        WeeklyReport loaded = savedAndLoaded(report);
        assertThat(loaded.figures().likes())
                .as("likes by bob, carol, bob under the other secret, and dave")
                .isEqualTo(4);
        assertThat(loaded.figures().likers()).isEqualTo(4);
        assertThat(loaded.figures().likedEvents()).isEqualTo(5);
        assertThat(loaded.secretCheck).isEqualTo(SECOND.checkValue());
        assertThat(loaded.hasMixedSecrets).isTrue();
    }

    @Test
    void mixedReport_underItsFirstSecret_staysMixed() {
        WeeklyReport report = folded(FIRST, "bob");
        fold(SECOND, report, "carol");

        fold(FIRST, report, "dave");

        assertThat(savedAndLoaded(report).hasMixedSecrets).isTrue();
        assertThat(report.secretCheck).isEqualTo(FIRST.checkValue());
    }

    @Test
    void skippedEvents_doNotChangeTheSecret() {
        WeeklyReport report = folded(FIRST, "bob");

        Liked known = new Liked("e", "p-1", "alice", "bob", LikeFixtures.MONDAY);
        assertThat(report.fold(SECOND, known, 0, 0)).isFalse();

        assertThat(report.secretCheck).isEqualTo(FIRST.checkValue());
        assertThat(report.hasMixedSecrets).isFalse();
    }

    @Test
    void erasedReport_usesOnlyTheNewSecret() {
        WeeklyReport report = folded(FIRST, "bob").emptyAfterErasure("mark");

        fold(SECOND, report, "carol");

        assertThat(report.secretCheck).isEqualTo(SECOND.checkValue());
        assertThat(report.hasMixedSecrets).isFalse();
    }

    @Test
    void reportOfAReleaseWithoutSecrets_keepsItsFigures_andIsMixedAfterTheNextEvent() {
        WeeklyReport report =
                ReportReader.read(new RawBsonDocument(ReportBytes.bytes(withoutSecret(folded(FIRST, "bob", "carol")))));
        assertThat(report.figures().likes()).isEqualTo(2);
        assertThat(report.secretCheck).isNull();
        assertThat(report.hasMixedSecrets).isFalse();

        fold(SECOND, report, "bob");

        assertThat(report.figures().likes()).isEqualTo(3);
        assertThat(savedAndLoaded(report).hasMixedSecrets).isTrue();
    }

    @Test
    void returningLikers_underOneSecret_areKnown() {
        StoredLikers first = storedLikers(folded(FIRST, "bob", "carol"));
        StoredLikers alsoFirst = storedLikers(folded(FIRST, "carol", "dave"));
        StoredLikers without = ReportDocument.storedLikers(withoutSecret(folded(FIRST, "carol")));
        StoredLikers alsoWithout = ReportDocument.storedLikers(withoutSecret(folded(FIRST, "carol", "bob")));

        assertThat(first.returningFrom(alsoFirst)).isEqualTo(new ReturningLikers(1, 0));
        assertThat(without.returningFrom(alsoWithout)).isEqualTo(new ReturningLikers(1, 0));
    }

    @Test
    void returningLikers_underSeveralSecrets_areUnknown() {
        StoredLikers first = storedLikers(folded(FIRST, "bob"));
        StoredLikers second = storedLikers(folded(SECOND, "bob"));
        StoredLikers without = ReportDocument.storedLikers(withoutSecret(folded(FIRST, "bob")));
        WeeklyReport both = folded(FIRST, "bob");
        fold(SECOND, both, "bob");
        StoredLikers mixed = storedLikers(both);

        for (StoredLikers[] weeks : new StoredLikers[][] {
            {first, second},
            {second, first},
            {first, without},
            {without, first},
            {mixed, first},
            {mixed, second},
            {first, mixed},
            {second, mixed},
            {mixed, mixed}
        }) {
            assertThat(weeks[0].returningFrom(weeks[1])).isNull();
        }
    }

    @Test
    void emptyWeek_underAnySecret_hasNoReturningLikers() {
        WeeklyReport unliked = new WeeklyReport(new ReportKey(YearWeek.of(2026, 46), "alice"), "epoch", 0);
        unliked.fold(SECOND, new Unliked("e", "p-1", "alice", "bob", LikeFixtures.MONDAY), 0, 0);

        assertThat(storedLikers(folded(FIRST, "bob")).returningFrom(StoredLikers.empty()))
                .isEqualTo(new ReturningLikers(0, 0));
        assertThat(storedLikers(folded(FIRST, "bob")).returningFrom(storedLikers(unliked)))
                .isEqualTo(new ReturningLikers(0, 0));
        assertThat(storedLikers(unliked).returningFrom(storedLikers(folded(FIRST, "bob"))))
                .isEqualTo(new ReturningLikers(0, 0));
    }

    private WeeklyReport folded(KeyedHash hash, String... likers) {
        WeeklyReport report = new WeeklyReport(new ReportKey(YearWeek.of(2026, 47), "alice"), "epoch", 0);
        for (String liker : likers) {
            fold(hash, report, liker);
        }
        return report;
    }

    private void fold(KeyedHash hash, WeeklyReport report, String liker) {
        assertThat(report.fold(hash, new Liked("e", "p-1", "alice", liker, LikeFixtures.MONDAY), 0, offset++))
                .isTrue();
    }

    private static StoredLikers storedLikers(WeeklyReport report) {
        return ReportDocument.storedLikers(ReportBytes.document(report));
    }

    /** Returns the document as an earlier release stored it. Its hashes differed, but these tests do not depend on that. */
    private static Document withoutSecret(WeeklyReport report) {
        Document document = ReportBytes.document(report);
        assertThat(document.remove("secretCheck")).isNotNull();
        return document;
    }
}
