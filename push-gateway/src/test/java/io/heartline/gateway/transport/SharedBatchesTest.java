package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.FastThreadLocal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SharedBatchesTest {

    private static final Frame FIRST = like(1);
    private static final Frame SECOND = like(2);
    private static final Frame POSITION = Frames.position(PositionList.of(new Position("e", 0, 3)));

    private final SharedBatches batches = new SharedBatches();
    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final EmbeddedChannel otherChannel = new EmbeddedChannel();
    private final List<ByteBuf> encoded = new ArrayList<>();

    /** Ends this thread's batches as the end of an event loop does. */
    @AfterEach
    void assertNoBufferLeaks() {
        channel.finishAndReleaseAll();
        otherChannel.finishAndReleaseAll();
        FastThreadLocal.removeAll();
        assertThat(encoded).allMatch(bytes -> bytes.refCnt() == 0);
    }

    @Test
    void sameFrames_areFound_inAnyList() {
        ByteBuf kept = batches.keep(List.of(FIRST, SECOND), encoded("both"));

        ByteBuf found = batches.find(new ArrayList<>(List.of(FIRST, SECOND)));

        assertThat(text(found)).isEqualTo("both");
        found.setByte(0, 'B');
        assertThat(text(kept)).as("bytes of the same buffer").isEqualTo("Both");
        kept.release();
        found.release();
    }

    @Test
    void otherFrames_areNotFound() {
        batches.keep(List.of(FIRST, SECOND), encoded("both")).release();

        assertThat(batches.find(List.of(FIRST))).isNull();
        assertThat(batches.find(List.of(SECOND, FIRST))).isNull();
        assertThat(batches.find(List.of(FIRST, SECOND, POSITION))).isNull();
        assertThat(batches.find(List.of(FIRST, like(2))))
                .as("an equal frame of another record")
                .isNull();
    }

    @Test
    void nextBatch_replacesTheLastOne_whichClientsMayStillHold() {
        ByteBuf unread = batches.keep(List.of(FIRST), encoded("first"));

        batches.keep(List.of(SECOND), encoded("second")).release();

        assertThat(batches.find(List.of(FIRST))).isNull();
        assertThat(text(unread)).isEqualTo("first");
        unread.release();
        assertThat(encoded.get(0).refCnt()).isZero();
    }

    /** A TLS handler may append to a buffer that has room. That would overwrite what it appends for another channel. */
    @Test
    void slice_hasNoWritableBytes() {
        ByteBuf kept = batches.keep(List.of(FIRST), encoded("first"));
        ByteBuf found = batches.find(List.of(FIRST));

        assertThat(encoded.get(0).isWritable()).isTrue();
        assertThat(kept.isWritable()).isFalse();
        assertThat(found.isWritable()).isFalse();
        kept.release();
        found.release();
    }

    @Test
    void framesOfOneConnection_areNotKept() {
        ByteBuf like = batches.keep(List.of(FIRST), encoded("first"));
        ByteBuf position = encoded("position");

        assertThat(batches.keep(List.of(POSITION), position)).isSameAs(position);

        assertThat(batches.find(List.of(POSITION))).isNull();
        assertThat(batches.find(List.of(FIRST)).release()).isFalse();
        like.release();
        position.release();
    }

    @Test
    void webSockets_writeTheSameBytes() {
        writer(channel, webSocket()).write(List.of(FIRST));
        writer(otherChannel, webSocket()).write(List.of(FIRST));
        channel.flush();
        otherChannel.flush();

        ByteBuf message = channel.readOutbound();
        ByteBuf other = otherChannel.readOutbound();
        assertThat(other.memoryAddress()).isEqualTo(message.memoryAddress());
        assertThat(other).isEqualTo(message);
        message.release();
        other.release();
    }

    @Test
    void eventStreams_writeTheSameBytes_butOtherBytesThanWebSockets() {
        writer(channel, webSocket()).write(List.of(FIRST));
        writer(channel, eventStream(true, false)).write(List.of(FIRST));
        writer(otherChannel, eventStream(true, false)).write(List.of(FIRST));
        channel.flush();
        otherChannel.flush();

        ByteBuf webSocket = channel.readOutbound();
        ByteBuf event = channel.readOutbound();
        ByteBuf other = otherChannel.readOutbound();
        assertThat(text(event)).contains("\r\nid:e-0-1\n");
        assertThat(other.memoryAddress()).isEqualTo(event.memoryAddress());
        assertThat(webSocket).isNotEqualTo(event);
        webSocket.release();
        event.release();
        other.release();
    }

    /** The ids of their events depend on what the connection was sent before. */
    @Test
    void eventStreamsOfSeveralAuthors_writeBytesOfTheirOwn() {
        assertThat(eventStream(true, true).sharedBatches()).isNull();
    }

    /** HTTP/1.0 has no chunks, so its bytes are other ones. */
    @Test
    void eventStreamsWithoutChunks_writeBytesOfTheirOwn() {
        assertThat(eventStream(false, false).sharedBatches()).isNull();
    }

    private ByteBuf encoded(String text) {
        ByteBuf bytes = Unpooled.directBuffer(64).writeBytes(text.getBytes(StandardCharsets.US_ASCII));
        encoded.add(bytes);
        return bytes;
    }

    private static String text(ByteBuf bytes) {
        return bytes.toString(StandardCharsets.US_ASCII);
    }

    private static WebSocketStream webSocket() {
        return new WebSocketStream(sink -> {}, WebSocketStreamTest.IGNORED, Duration.ZERO, null, () -> {});
    }

    private static ServerSentEvents eventStream(boolean isChunked, boolean isOfSeveralAuthors) {
        return new ServerSentEvents(sink -> {}, isChunked, isOfSeveralAuthors, Duration.ZERO, () -> {});
    }

    private static ChannelWriter writer(EmbeddedChannel channel, ChannelWriter writer) {
        channel.pipeline().addFirst(writer);
        return writer;
    }

    private static Frame like(long offset) {
        return Frame.like(new Position("e", 0, offset), Instant.EPOCH, "{}".getBytes(StandardCharsets.US_ASCII));
    }
}
