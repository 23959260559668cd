package io.heartline.reports.fold;

import static io.heartline.reports.fold.Stored.savedAndLoaded;
import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Liked;
import io.heartline.events.Unliked;
import io.heartline.reports.fold.Fans.Returning;
import io.heartline.reports.fold.WeeklyReport.Key;
import java.nio.charset.StandardCharsets;
import org.bson.Document;
import org.bson.RawBsonDocument;
import org.bson.codecs.DocumentCodec;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;

/** Which secret a report was folded under, and what it means for its figures. */
class SecretsOfAReportTest {

    private static final KeyedHash FIRST = SomeLikes.HASH;
    private static final KeyedHash SECOND = new KeyedHash("another secret...".getBytes(StandardCharsets.US_ASCII));

    private long offset;

    @Test
    void reportUnderOneSecret_saysWhich() {
        WeeklyReport report = savedAndLoaded(folded(FIRST, "bob"));

        assertThat(report.secretCheck).isEqualTo(FIRST.check());
        assertThat(report.isMixed).isFalse();
    }

    @Test
    void moreUnderAnotherSecret_keepsTheFigures_andCountsAPairOncePerSecret() {
        WeeklyReport report = savedAndLoaded(folded(FIRST, "bob", "carol"));

        fold(SECOND, report, "bob");
        fold(SECOND, report, "bob");
        fold(SECOND, report, "dave");

        WeeklyReport loaded = savedAndLoaded(report);
        assertThat(loaded.figures().likes()).as("bob, carol, bob again, dave").isEqualTo(4);
        assertThat(loaded.figures().likers()).isEqualTo(4);
        assertThat(loaded.figures().likedEvents()).isEqualTo(5);
        assertThat(loaded.secretCheck).isEqualTo(SECOND.check());
        assertThat(loaded.isMixed).isTrue();
    }

    @Test
    void mixedReport_staysMixed_alsoUnderItsFirstSecret() {
        WeeklyReport report = folded(FIRST, "bob");
        fold(SECOND, report, "carol");

        fold(FIRST, report, "dave");

        assertThat(savedAndLoaded(report).isMixed).isTrue();
        assertThat(report.secretCheck).isEqualTo(FIRST.check());
    }

    @Test
    void eventsThatTheReportHas_changeNoSecret() {
        WeeklyReport report = folded(FIRST, "bob");

        Liked known = new Liked("e", "p-1", "alice", "bob", SomeLikes.MONDAY);
        assertThat(report.fold(SECOND, known, 0, 0)).isFalse();

        assertThat(report.secretCheck).isEqualTo(FIRST.check());
        assertThat(report.isMixed).isFalse();
    }

    @Test
    void erasedReport_isUnderTheNewSecretAlone() {
        WeeklyReport report = folded(FIRST, "bob").erased("mark");

        fold(SECOND, report, "carol");

        assertThat(report.secretCheck).isEqualTo(SECOND.check());
        assertThat(report.isMixed).isFalse();
    }

    @Test
    void reportOfAReleaseWithoutSecrets_keepsItsFigures_andIsMixedFromTheNextEventOn() {
        WeeklyReport report = ReportDocument.report(withoutSecret(folded(FIRST, "bob", "carol")));
        assertThat(report.figures().likes()).isEqualTo(2);
        assertThat(report.secretCheck).isNull();
        assertThat(report.isMixed).isFalse();

        fold(SECOND, report, "bob");

        assertThat(report.figures().likes()).isEqualTo(3);
        assertThat(savedAndLoaded(report).isMixed).isTrue();
    }

    @Test
    void returningLikers_areKnown_ifBothWeeksAreUnderOneSecret() {
        Fans first = fans(folded(FIRST, "bob", "carol"));
        Fans alsoFirst = fans(folded(FIRST, "carol", "dave"));
        Fans without = ReportDocument.fans(withoutSecret(folded(FIRST, "carol")));
        Fans alsoWithout = ReportDocument.fans(withoutSecret(folded(FIRST, "carol", "bob")));

        assertThat(first.returningFrom(alsoFirst)).isEqualTo(new Returning(1, 0));
        assertThat(without.returningFrom(alsoWithout)).isEqualTo(new Returning(1, 0));
    }

    @Test
    void returningLikers_areUnknown_ifAnythingIsUnderAnotherSecret() {
        Fans first = fans(folded(FIRST, "bob"));
        Fans second = fans(folded(SECOND, "bob"));
        Fans without = ReportDocument.fans(withoutSecret(folded(FIRST, "bob")));
        WeeklyReport both = folded(FIRST, "bob");
        fold(SECOND, both, "bob");
        Fans mixed = fans(both);

        for (Fans[] weeks : new Fans[][] {
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
    void fromOrToAWeekOfNobody_nobodyReturns_whateverTheSecrets() {
        WeeklyReport unliked = new WeeklyReport(new Key(YearWeek.of(2026, 46), "alice"), "epoch", 0);
        unliked.fold(SECOND, new Unliked("e", "p-1", "alice", "bob", SomeLikes.MONDAY), 0, 0);

        assertThat(fans(folded(FIRST, "bob")).returningFrom(Fans.none())).isEqualTo(new Returning(0, 0));
        assertThat(fans(folded(FIRST, "bob")).returningFrom(fans(unliked))).isEqualTo(new Returning(0, 0));
        assertThat(fans(unliked).returningFrom(fans(folded(FIRST, "bob")))).isEqualTo(new Returning(0, 0));
    }

    private WeeklyReport folded(KeyedHash hash, String... likers) {
        WeeklyReport report = new WeeklyReport(new Key(YearWeek.of(2026, 47), "alice"), "epoch", 0);
        for (String liker : likers) {
            fold(hash, report, liker);
        }
        return report;
    }

    private void fold(KeyedHash hash, WeeklyReport report, String liker) {
        assertThat(report.fold(hash, new Liked("e", "p-1", "alice", liker, SomeLikes.MONDAY), 0, offset++))
                .isTrue();
    }

    private static Fans fans(WeeklyReport report) {
        return ReportDocument.fans(ReportDocument.of(report, 1));
    }

    /** As an earlier release stored it. Its hashes were others, which makes no difference here. */
    private static Document withoutSecret(WeeklyReport report) {
        Document document = new RawBsonDocument(Stored.bytes(report)).decode(new DocumentCodec());
        assertThat(document.remove("secretCheck")).isNotNull();
        return document;
    }
}
