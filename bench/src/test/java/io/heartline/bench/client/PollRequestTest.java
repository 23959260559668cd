package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.bench.model.DueTimes;
import io.heartline.bench.result.CannotMeasureException;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PollRequestTest {

    private final DeliveryCounters counters = new DeliveryCounters();

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
    void poll_continuesAfterTheLastPosition() {
        PollRequest likes = new PollRequest.Likes("alice", 0);
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes");

        assertThat(likes.read(poll("k3f9-0-5", false), counters)).isFalse();
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes?after=k3f9-0-5");

        assertThat(likes.read(poll("k3f9-0-9", true, like(1, "k3f9-0-6"), like(2, "k3f9-0-8")), counters))
                .isTrue();
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes?after=k3f9-0-9");
        assertThat(counters.sums()).isEqualTo(new DeliveryCounters.Sums(2, 0, 0, 0));
    }

    @Test
    void answerWithoutLikes_isEmpty_exceptTheFirst() {
        PollRequest likes = new PollRequest.Likes("alice", 25);
        likes.read(poll("k3f9-0-5", false), counters);
        assertThat(counters.empty.sum()).isZero();
        assertThat(likes.next()).isEqualTo("/v1/authors/alice/likes?after=k3f9-0-5&wait=25");

        likes.read(poll("k3f9-0-5", false), counters);
        assertThat(counters.empty.sum()).isEqualTo(1);
    }

    @Test
    void delays_areRecordedForLikesDueInTheMeasuredPeriod() {
        long now = System.nanoTime();
        counters.measure(now - 2_000_000_000L, now - 1_000_000_000L);

        new PollRequest.Likes("alice", 0)
                .read(
                        poll(
                                "k3f9-0-9",
                                false,
                                like(now - 3_000_000_000L, "k3f9-0-6"),
                                like(now - 1_500_000_000L, "k3f9-0-7"),
                                like(now - 1_000_000_000L, "k3f9-0-8")),
                        counters);

        assertThat(counters.likes.sum()).isEqualTo(3);
        assertThat(counters.delay.getTotalCount()).isEqualTo(1);
        assertThat(counters.delay.getMinValue()).isGreaterThanOrEqualTo(1_490_000_000L);
    }

    @Test
    void report_deliversTheLikesAddedSinceTheLastOne() {
        DueTimes dues = new DueTimes(2);
        for (long due = 1; due <= 40; due++) {
            dues.add(1, due);
        }
        PollRequest report = new PollRequest.Report("author-1", 1, dues);
        assertThat(report.next()).isEqualTo("/v1/authors/author-1/reports/current");

        report.read(
                json("{\"likes\":9,\"events\":{\"liked\":12,\"unliked\":1},\"previous\":{\"likes\":99}}"), counters);
        report.read(json("{\"likes\":9,\"events\":{\"liked\":12,\"unliked\":1}}"), counters);
        report.read(json("{\"likes\":30,\"events\":{\"liked\":40,\"unliked\":1}}"), counters);

        assertThat(counters.sums()).isEqualTo(new DeliveryCounters.Sums(40, 0, 1, 0));
        assertThatThrownBy(() -> report.read(json("{\"events\":{\"liked\":41}}"), counters))
                .isInstanceOf(CannotMeasureException.class);
    }
}
