package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.heartline.events.Position;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameSource;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.PositionList;
import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ChannelWriterTest {

    private static final Position POSITION = new Position("e", 0, 1);

    private final EmbeddedChannel channel = new EmbeddedChannel();
    private final AtomicInteger ends = new AtomicInteger();
    private final Letters writer = new Letters();

    ChannelWriterTest() {
        channel.pipeline().addFirst(writer);
    }

    @AfterEach
    void assertNoBufferLeaks() {
        channel.finishAndReleaseAll();
        assertThat(writer.encoded).allMatch(bytes -> bytes.refCnt() == 0);
    }

    @Test
    void framesOfOneBatch_areOneMessage() {
        writer.write(List.of(like(), Frame.HEARTBEAT, like()));
        writer.write(List.of(like()));
        writer.flush();

        assertThat(messages()).containsExactly("lhl", "l");
    }

    @Test
    void framesThatEncodeToNothing_writeNoMessage() {
        writer.write(List.of(Frames.position(PositionList.of(POSITION)))); // this encoding has no bytes for it
        writer.flush();

        assertThat(messages()).isEmpty();
    }

    /** A client that does not read occupies memory for a long time. The limits count written bytes, not allocated ones. */
    @Test
    void message_allocatesLittleMoreThanItsBytes() {
        byte[] event = "x".repeat(300).getBytes(StandardCharsets.US_ASCII);

        added(new WebSocketStream(sink -> {}, WebSocketStreamTest.IGNORED, Duration.ZERO, null, () -> {}))
                .write(Collections.nCopies(64, Frame.like(POSITION, Instant.EPOCH, event)));
        channel.flush();

        ByteBuf message = channel.readOutbound();
        assertThat(message.unwrap().capacity()).isLessThan(message.readableBytes() * 5 / 4);
        message.release();
    }

    @Test
    void eventsOfManyPartitions_allocateLittleMoreThanTheirBytes() {
        ChannelWriter events = added(new ServerSentEvents(sink -> {}, true, true, Duration.ZERO, () -> {}));
        byte[] event = "x".repeat(300).getBytes(StandardCharsets.US_ASCII);
        List<Frame> hellos = IntStream.range(0, 100)
                .mapToObj(partition -> Frames.hello(
                        "author-" + partition,
                        new Position("aaaabbbbccccdddd", partition, 1_000_000_000L),
                        true,
                        20_000))
                .toList();
        events.write(hellos);
        events.flush();
        ((ByteBuf) channel.readOutbound()).release();

        events.write(Collections.nCopies(
                64, Frame.like(new Position("aaaabbbbccccdddd", 7, 1_000_000_001L), Instant.EPOCH, event)));
        events.flush();

        ByteBuf message = channel.readOutbound();
        assertThat(message.capacity()).isLessThan(message.readableBytes() * 5 / 4);
        message.release();
    }

    @Test
    void lastFrames_areFlushedBeforeClose() {
        writer.write(List.of(like()));
        writer.close(StreamClosedException.slowReader());

        assertThat(messages()).containsExactly("l");
        assertThat(channel.isOpen()).isTrue();
    }

    @Test
    void deadPeer_isClosedImmediately() {
        writer.close(StreamClosedException.deadPeer());

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void tooMuchUnread_isClosedImmediately() {
        writer.close(StreamClosedException.tooMuchUnread());

        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void encodingFails_bufferIsReleased() {
        writer.failure = new OutOfMemoryError("no buffer");

        assertThatThrownBy(() -> writer.write(List.of(like(), like()))).isSameAs(writer.failure);

        assertThat(writer.encoded).hasSize(1).allMatch(bytes -> bytes.refCnt() == 0);
        assertThat(messages()).isEmpty();
    }

    @Test
    void closeTimer_isCancelledWithTheChannel() {
        writer.close(StreamClosedException.slowReader());
        assertThat(channel.runScheduledPendingTasks()).isPositive();

        channel.close();
        channel.runPendingTasks();

        assertThat(channel.runScheduledPendingTasks())
                .as("nanoseconds until the next scheduled task")
                .isEqualTo(-1);
    }

    @Test
    void unreadBytes_areThePendingOutboundBytes() {
        assertThat(writer.unreadBytes()).isZero();

        writer.write(List.of(like()));
        assertThat(writer.unreadBytes()).isPositive();

        writer.flush();
        assertThat(writer.unreadBytes()).isZero();
        messages();
    }

    @Test
    void ioException_closesWithoutEnd_andDefectEndsTheStream() {
        RuntimeException defect = new IllegalStateException("a defect");

        channel.pipeline().fireExceptionCaught(defect);
        assertThat(writer.end).isSameAs(defect);
        assertThat(channel.isOpen()).isTrue();

        channel.pipeline().fireExceptionCaught(new IOException("connection timed out"));
        assertThat(channel.isOpen()).isFalse();
        assertThat(writer.end).isSameAs(defect);
        channel.checkException(); // no exception has reached the end of the pipeline
    }

    @Test
    void closedChannel_cancelsTheStream_alsoIfItOpensLater_andRunsOnEnd() {
        List<String> cancelled = new ArrayList<>();
        writer.opened(source(() -> cancelled.add("before")));
        assertThat(cancelled).isEmpty();

        channel.close();
        assertThat(cancelled).containsExactly("before");
        assertThat(ends).hasValue(1);

        writer.opened(source(() -> cancelled.add("after")));
        assertThat(cancelled).containsExactly("before", "after");
    }

    /** Returns a connection that only can be cancelled. */
    private static FrameSource source(Runnable onCancel) {
        return (FrameSource) Proxy.newProxyInstance(
                FrameSource.class.getClassLoader(), new Class<?>[] {FrameSource.class}, (proxy, method, args) -> {
                    assertThat(method.getName()).isEqualTo("cancel");
                    onCancel.run();
                    return null;
                });
    }

    private ChannelWriter added(ChannelWriter other) {
        channel.pipeline().addFirst(other);
        return other;
    }

    private List<String> messages() {
        List<String> messages = new ArrayList<>();
        for (ByteBuf message = channel.readOutbound(); message != null; message = channel.readOutbound()) {
            messages.add(message.toString(StandardCharsets.US_ASCII));
            message.release();
        }
        return messages;
    }

    private static Frame like() {
        return Frame.like(POSITION, Instant.EPOCH, new byte[0]);
    }

    /** A writer that writes the first letter of each frame's kind. */
    private final class Letters extends ChannelWriter {

        final List<ByteBuf> encoded = new ArrayList<>();
        Error failure;
        Throwable end;

        Letters() {
            super(sink -> {}, Duration.ofMinutes(1), ends::incrementAndGet);
        }

        @Override
        void encode(List<Frame> frames, ByteBuf to) {
            encoded.add(to);
            if (failure != null) {
                throw failure;
            }
            for (Frame frame : frames) {
                if (frame.kind() != Frame.Kind.position) {
                    to.writeByte(frame.kind().name().charAt(0));
                }
            }
        }

        @Override
        void sendEnd(Throwable why) {
            end = why;
            flush();
        }

        @Override
        public long lastHeard() {
            return 0;
        }
    }
}
