package io.heartline.gateway.transport;

import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.FrameStream;
import io.heartline.gateway.stream.StreamClosedException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * A stream of server-sent events to one client. Spring sends the headers. {@link ChannelWriter} writes the events, for the reason
 * that it documents.
 */
public final class ServerSentEvents implements ChannelWriter.FrameEncoding {

    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MIN_RETRY_MILLIS = 3_000;
    private static final int MAX_RETRY_MILLIS = 10_000;

    private final @Nullable EventIds ids; // null if the id of an event is the position of its frame

    /** @param isOfSeveralAuthors whether the ids of events are lists of positions */
    ServerSentEvents(boolean isOfSeveralAuthors) {
        ids = isOfSeveralAuthors ? new EventIds() : null;
    }

    /**
     * Sends a stream of frames.
     *
     * @param answer the response, whose headers are not sent yet
     * @param frames the stream; its sink is attached after the headers are sent
     * @param isOfSeveralAuthors whether the ids of events are lists of positions
     * @param ackTimeout how long sent bytes may stay unacknowledged (TCP_USER_TIMEOUT, on Linux only)
     * @param closeTimeout how long the client may take to read buffered events after the stream has ended
     * @param onEnd runs after the connection was closed
     * @return completes after the stream has ended, whatever the reason
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
        if (response.version().equals(HttpVersion.HTTP_1_0)) {
            response.chunkedTransfer(false); // HTTP/1.0 has no chunks: the body ends with the connection
        }
        response.withConnection(connection -> connection.onDispose(onEnd::run));
        Mono<Void> sent = Mono.create(end -> response.withConnection(connection -> {
            Channel channel = connection.channel();
            // returns false, without effect, on a transport other than epoll
            channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(ackTimeout.toMillis()));
            ChannelWriter writer =
                    new ChannelWriter(channel, new ServerSentEvents(isOfSeveralAuthors), closeTimeout, end);
            connection.addHandlerFirst("heartline.writer", writer);
            frames.attach(writer);
        }));
        return answer.setComplete()
                .then(Mono.defer(() -> response.sendHeaders().then()))
                .then(sent)
                .onErrorComplete(StreamClosedException.class);
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
    public void encode(List<Frame> frames, ByteBuf to) {
        if (ids != null) {
            ids.start(frames);
        }
        for (Frame frame : frames) {
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
    public int bytesBeyondFrame() {
        return ids == null ? 0 : ids.bytesBeyondPosition();
    }

    /** Returns a message that Netty writes as one chunk. */
    @Override
    public Object toMessage(ByteBuf encoded) {
        return new DefaultHttpContent(encoded);
    }

    @Override
    public boolean expectsPong() {
        return false;
    }
}
