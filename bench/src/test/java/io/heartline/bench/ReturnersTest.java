package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.heartline.events.LikeEventJson;
import io.heartline.events.Liked;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.junit.jupiter.api.Test;

class ReturnersTest {

    @Test
    void aLike_isNumberedByTheIdOfItsEvent_whateverStandsBeforeTheFrame() {
        ByteBuf frame = frame(1234);

        assertThat(EventNumber.in(frame)).isEqualTo(1234);
        assertThat(EventNumber.in(Unpooled.wrappedBuffer(utf8("id: 17:3\n\n"), frame)))
                .isEqualTo(1234);
    }

    @Test
    void aFrameThatTellsOfNoLike_hasNoNumber() {
        assertThat(EventNumber.in(utf8("{\"kind\":\"hello\",\"position\":\"k3f9-1-2\"}")))
                .isNegative();
        assertThatIllegalArgumentException().isThrownBy(() -> EventNumber.in(utf8("{\"id\":\"e-x\"}")));
    }

    @Test
    void heartlinesClients_comeBackAfterThePositionOfTheirLastFrame() {
        Comeback comeback = Target.heartline.comeback();
        ByteBuf digest = utf8("{\"kind\":\"digest\",\"from\":\"k3f9-1-2\",\"position\":\"k3f9-1-7\",\"liked\":5}");

        assertThat(comeback.query(comeback.position(frame(1), null))).isEqualTo("?after=3-1042");
        assertThat(comeback.query(comeback.position(digest, "k3f9-1-2"))).isEqualTo("?after=k3f9-1-7");
    }

    @Test
    void nchansClients_comeBackWithTheIdThatNchanPutsBeforeAMessage() {
        Comeback comeback = Target.nchan.comeback();
        ByteBuf message =
                Unpooled.wrappedBuffer(utf8("id: 1795631624:2\ncontent-type: text/plain;charset=UTF-8\n\n"), frame(1));

        assertThat(comeback.query(comeback.position(message, null))).isEqualTo("?last_event_id=1795631624:2");
    }

    @Test
    void whoHasNotBeenToldWhereItIs_staysWhereItWas() {
        assertThat(Comeback.afterPosition.position(utf8("{\"kind\":\"new\"}"), "k3f9-1-2"))
                .isEqualTo("k3f9-1-2");
        assertThat(Comeback.afterPosition.query(null)).isEmpty();
    }

    @Test
    void otherClients_cannotSayWhereTheyWere() {
        Comeback comeback = Target.node.comeback();

        assertThat(comeback.query(comeback.position(frame(1), null))).isEmpty();
        assertThat(comeback.subprotocol()).isNull();
    }

    @Test
    void whatIsMissing_isLost_andWhatComesAgain_isNotNew() {
        ToldNumbers told = new ToldNumbers();

        assertThat(told.add(0, 10)).isTrue();
        assertThat(told.add(3, 20)).isTrue();
        assertThat(told.add(0, 25)).isFalse();

        assertThat(told.lost(5)).isEqualTo(3);
    }

    @Test
    void theLongestSilence_isBetweenTwoLikesInARow() {
        ToldNumbers told = new ToldNumbers();
        assertThat(told.longestSilence()).isZero();
        for (long now : new long[] {-1000, -990, -940, -930}) {
            told.add((int) now + 1000, now);
        }

        assertThat(told.longestSilence()).isEqualTo(50);
    }

    private static ByteBuf frame(long number) {
        Liked like = new Liked(EventNumber.id(number), "p-1", "alice", Due.liker(42, number), Instant.EPOCH);
        return PeerFrame.of(new ConsumerRecord<>("likes", 3, 1042, new byte[0], LikeEventJson.encode(like)));
    }

    private static ByteBuf utf8(String text) {
        return Unpooled.copiedBuffer(text, StandardCharsets.UTF_8);
    }
}
