package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class QuestionTest {

    private final Told told = new Told();

    private static ByteBuf json(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.US_ASCII);
    }

    private static String like(long due, String position) {
        return "{\"kind\":\"like\",\"position\":\"" + position + "\",\"event\":{\"likerId\":\"" + due + "-7\"}}";
    }

    private static ByteBuf poll(String position, boolean more, String... frames) {
        return json("{\"frames\":[" + String.join(",", frames) + "],\"position\":\"" + position + "\",\"more\":" + more
                + ",\"recovered\":true}");
    }

    @Test
    void aPoll_goesOnFromWhereTheLastOneEnded() {
        Question likes = new Question.Likes("alice", 0);
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes");

        assertThat(likes.take(poll("k3f9-0-5", false), told)).isFalse();
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes?after=k3f9-0-5");

        assertThat(likes.take(poll("k3f9-0-9", true, like(1, "k3f9-0-6"), like(2, "k3f9-0-8")), told))
                .isTrue();
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes?after=k3f9-0-9");
        assertThat(told.sums()).isEqualTo(new Told.Sums(2, 0, 0, 0));
    }

    @Test
    void anAnswerWithoutLikes_isEmpty_butForTheFirst_whichSaysWhereTheyBegin() {
        Question likes = new Question.Likes("alice", 25);
        likes.take(poll("k3f9-0-5", false), told);
        assertThat(told.empty.sum()).isZero();
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes?after=k3f9-0-5&wait=25");

        likes.take(poll("k3f9-0-5", false), told);
        assertThat(told.empty.sum()).isEqualTo(1);
    }

    @Test
    void delaysAreKept_ofLikesDueInThePeriodThatIsMeasured() {
        long now = System.nanoTime();
        told.measure(now - 2_000_000_000L, now - 1_000_000_000L);

        new Question.Likes("alice", 0)
                .take(
                        poll(
                                "k3f9-0-9",
                                false,
                                like(now - 3_000_000_000L, "k3f9-0-6"),
                                like(now - 1_500_000_000L, "k3f9-0-7"),
                                like(now - 1_000_000_000L, "k3f9-0-8")),
                        told);

        assertThat(told.likes.sum()).isEqualTo(3);
        assertThat(told.delay.getTotalCount()).isEqualTo(1);
        assertThat(told.delay.getMinValue()).isGreaterThanOrEqualTo(1_490_000_000L);
    }

    @Test
    void aReport_tellsOfAsManyLikesAsItHasMoreThanBefore() {
        Dues dues = new Dues(2);
        for (long due = 1; due <= 40; due++) {
            dues.add(1, due);
        }
        Question report = new Question.Report("author-1", 1, dues);
        assertThat(report.next()).isEqualTo("/v1/authors/author-1/reports/current");

        report.take(json("{\"likes\":9,\"events\":{\"liked\":12,\"unliked\":1},\"previous\":{\"likes\":99}}"), told);
        report.take(json("{\"likes\":9,\"events\":{\"liked\":12,\"unliked\":1}}"), told);
        report.take(json("{\"likes\":30,\"events\":{\"liked\":40,\"unliked\":1}}"), told);

        assertThat(told.sums()).isEqualTo(new Told.Sums(40, 0, 1, 0));
        assertThatThrownBy(() -> report.take(json("{\"events\":{\"liked\":41}}"), told))
                .isInstanceOf(CannotMeasureException.class);
    }
}
