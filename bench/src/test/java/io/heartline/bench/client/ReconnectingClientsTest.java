package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.heartline.bench.model.FrameText;
import io.heartline.bench.model.ResumeStrategy;
import io.heartline.bench.model.Target;
import io.heartline.bench.peer.Peer;
import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ReconnectingClientsTest {

    @Test
    void eventNumber_isFoundInAnyFrameOfALike() {
        ByteBuf frame = frame(1234);

        assertThat(FrameText.eventNumber(frame)).isEqualTo(1234);
        assertThat(FrameText.eventNumber(Unpooled.wrappedBuffer(utf8("id: 17:3\n\n"), frame)))
                .isEqualTo(1234);
    }

    @Test
    void frameWithoutLike_hasNoEventNumber() {
        assertThat(FrameText.eventNumber(utf8("{\"kind\":\"hello\",\"position\":\"k3f9-1-2\"}")))
                .isNegative();
        assertThatIllegalArgumentException().isThrownBy(() -> FrameText.eventNumber(utf8("{\"id\":\"e-x\"}")));
    }

    @Test
    void heartlineClients_resumeAfterTheLastPosition() {
        ResumeStrategy comeback = Target.heartline.resumeStrategy();
        ByteBuf digest = utf8("{\"kind\":\"digest\",\"from\":\"k3f9-1-2\",\"position\":\"k3f9-1-7\",\"liked\":5}");

        assertThat(comeback.query(comeback.position(frame(1), null))).isEqualTo("?after=3-1042");
        assertThat(comeback.query(comeback.position(digest, "k3f9-1-2"))).isEqualTo("?after=k3f9-1-7");
    }

    @Test
    void nchanClients_resumeWithTheIdBeforeTheLastMessage() {
        ResumeStrategy comeback = Target.nchan.resumeStrategy();
        ByteBuf message =
                Unpooled.wrappedBuffer(utf8("id: 1795631624:2\ncontent-type: text/plain;charset=UTF-8\n\n"), frame(1));

        assertThat(comeback.query(comeback.position(message, null))).isEqualTo("?last_event_id=1795631624:2");
    }

    @Test
    void frameWithoutPosition_keepsThePositionBefore() {
        assertThat(ResumeStrategy.afterPosition.position(utf8("{\"kind\":\"new\"}"), "k3f9-1-2"))
                .isEqualTo("k3f9-1-2");
        assertThat(ResumeStrategy.afterPosition.query(null)).isEmpty();
    }

    @Test
    void otherClients_doNotResume() {
        ResumeStrategy comeback = Target.node.resumeStrategy();

        assertThat(comeback.query(comeback.position(frame(1), null))).isEmpty();
        assertThat(comeback.subprotocol()).isNull();
    }

    @Test
    void missingLike_isLost_andRepeatedLikeIsNotNew() {
        DeliveredIds told = new DeliveredIds();

        assertThat(told.add(0, 10)).isTrue();
        assertThat(told.add(3, 20)).isTrue();
        assertThat(told.add(0, 25)).isFalse();

        assertThat(told.lost(5)).isEqualTo(3);
    }

    @Test
    void longestSilence_isBetweenConsecutiveLikes() {
        DeliveredIds told = new DeliveredIds();
        assertThat(told.longestSilence()).isZero();
        for (long now : new long[] {-1000, -990, -940, -930}) {
            told.add((int) now + 1000, now);
        }

        assertThat(told.longestSilence()).isEqualTo(50);
    }

    private static ByteBuf frame(long number) {
        Liked like = new Liked(FrameText.eventId(number), "p-1", "alice", FrameText.likerId(42, number), Instant.EPOCH);
        return Peer.frame(new ConsumerRecord<>("likes", 3, 1042, new byte[0], LikeEventJson.encode(like)));
    }

    private static ByteBuf utf8(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
