package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A stream of server-sent events to one client. Spring and Reactor Netty send the headers. After them, this handler writes the chunks
 * of the response, and discards what the client sends.
 */
public final class ServerSentEvents extends ChannelWriter {

    private static final Logger logger = LoggerFactory.getLogger(ServerSentEvents.class);
    private static final int MIN_RETRY_MILLIS = 3_000;
    private static final int MAX_RETRY_MILLIS = 10_000;
    private static final int MAX_DISCARDED_BYTES = 16 * 1024;
    private static final SharedBatches SHARED_BATCHES = new SharedBatches();

    private final boolean isChunked; // HTTP/1.0 has no chunks: the body ends with the connection
    private final @Nullable EventIds ids; // null if the id of an event is the position of its frame
    private int discardedBytes; // that the client has sent after its request

    /**
     * Creates the handler of one response.
     *
     * @param isOfSeveralAuthors whether the ids of events are lists of positions
     */
    ServerSentEvents(
            FrameStream frames, boolean isChunked, boolean isOfSeveralAuthors, Duration closeTimeout, Runnable onEnd) {
        super(frames, closeTimeout, onEnd);
        this.isChunked = isChunked;
        this.ids = isOfSeveralAuthors ? new EventIds() : null;
    }

    /**
     * Sends the headers of a stream of frames. The events follow when the request has completed.
     *
     * @param answer the response, whose headers are not sent yet
     * @param frames the stream; its sink is attached after the headers are sent
     * @param isOfSeveralAuthors whether the ids of events are lists of positions
     * @param ackTimeout how long sent bytes may stay unacknowledged (TCP_USER_TIMEOUT, on Linux only)
     * @param closeTimeout how long the client may take to read buffered events after the stream has ended
     * @param onEnd runs after the connection was closed; only its first run may have an effect
     * @return completes after the headers are sent
     */
    public static Mono<Void> send(
            ServerHttpResponse answer,
            FrameStream frames,
            boolean isOfSeveralAuthors,
            Duration ackTimeout,
            Duration closeTimeout,
            Runnable onEnd) {
        setHeaders(answer);
        HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(answer);
        response.keepAlive(false); // no request follows a stream on its connection
        boolean isChunked = !response.version().equals(HttpVersion.HTTP_1_0);
        response.chunkedTransfer(isChunked);
        // returns false, without effect, on a transport other than epoll
        response.withConnection(connection -> connection
                .channel()
                .config()
                .setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(ackTimeout.toMillis())));
        ServerSentEvents events = new ServerSentEvents(frames, isChunked, isOfSeveralAuthors, closeTimeout, onEnd);
        return answer.setComplete()
                .then(Mono.defer(() -> ChannelTakeover.afterHead(response, events)))
                .doOnError(e -> onEnd.run())
                .doOnCancel(onEnd);
    }

    /**
     * Sends only the headers of a stream, in response to HEAD.
     *
     * @param answer the response, whose headers are not sent yet
     * @return completes after the headers are sent
     */
    public static Mono<Void> sendHead(ServerHttpResponse answer) {
        setHeaders(answer);
        return answer.setComplete();
    }

    /**
     * Sends a random retry interval of 3 to 10 s with status 200 and ends the response. A browser's EventSource never reconnects
     * after another status.
     *
     * @param answer the response, whose headers are not sent yet
     * @return completes after the response is sent
     */
    public static Mono<Void> sendRetry(ServerHttpResponse answer) {
        setHeaders(answer);
        int millis = ThreadLocalRandom.current().nextInt(MIN_RETRY_MILLIS, MAX_RETRY_MILLIS + 1);
        byte[] body = ("retry:" + millis + "\n\n").getBytes(StandardCharsets.US_ASCII);
        answer.getHeaders().setContentLength(body.length);
        return answer.writeWith(Mono.fromSupplier(() -> answer.bufferFactory().wrap(body)));
    }

    private static void setHeaders(ServerHttpResponse answer) {
        answer.getHeaders().setContentType(MediaType.TEXT_EVENT_STREAM);
        answer.getHeaders().setCacheControl(CacheControl.noStore());
        answer.getHeaders().set("X-Accel-Buffering", "no"); // otherwise nginx buffers events
    }

    @Override
    void encode(List<Frame> batch, ByteBuf to) {
        if (isChunked) {
            HttpChunk.begin(to);
            encodeEvents(batch, to);
            HttpChunk.end(to);
        } else {
            encodeEvents(batch, to);
        }
    }

    /** Appends the events of a batch, without the frame of a chunk. */
    void encodeEvents(List<Frame> batch, ByteBuf to) {
        if (ids != null) {
            ids.start(batch);
        }
        for (Frame frame : batch) {
            if (frame.kind() == Frame.Kind.heartbeat) {
                continue; // the position frame that accompanies it is enough
            }
            if (ids == null) {
                frame.writeServerSentEvent(to);
            } else {
                frame.writeServerSentEvent(String.valueOf(ids.after(frame)), to);
            }
        }
    }

    @Override
    int bytesBeyondFrame() {
        return ids == null ? 0 : ids.bytesBeyondPosition();
    }

    /** Discards what the client sends after its request, and closes the channel if that is much. */
    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        if (message instanceof ByteBuf bytes) {
            discardedBytes += bytes.readableBytes();
        }
        ReferenceCountUtil.release(message);
        if (discardedBytes > MAX_DISCARDED_BYTES) {
            context.close();
        }
    }

    /** Returns the present, because a client acknowledges events in TCP only. */
    @Override
    public long lastHeard() {
        return System.nanoTime();
    }

    /** Ends the response. After a defect, the client sees that the response breaks off. */
    @Override
    void sendEnd(Throwable why) {
        ByteBuf end = channel().alloc().buffer(HttpChunk.EXTRA_BYTES);
        if (!(why instanceof StreamClosedException)) {
            logger.error("a stream of server-sent events failed with an internal error", why);
        } else if (isChunked) {
            HttpChunk.last(end);
        }
        channel().writeAndFlush(end).addListener(ChannelFutureListener.CLOSE);
    }

    @Override
    @Nullable
    SharedBatches sharedBatches() {
        return ids == null && isChunked ? SHARED_BATCHES : null;
    }
}
