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
import java.util.concurrent.ThreadLocalRandom;
import org.springframework.http.CacheControl;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.http.server.reactive.ServerHttpResponseDecorator;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerResponse;

/**
 * One reader of server-sent events. Spring's headers are sent; what follows them is written by {@link ChannelWriter}, for the
 * reason that it gives.
 */
public final class ServerSentEvents implements ChannelWriter.FrameEncoding {

    private static final byte[] COMMENT = ":\n\n".getBytes(StandardCharsets.US_ASCII);
    private static final int MIN_RETRY_MILLIS = 3_000;
    private static final int MAX_RETRY_MILLIS = 10_000;

    ServerSentEvents() {}

    /**
     * Completes once the stream has ended, however it did.
     *
     * @param ackTimeout how long what was sent may stay unacknowledged (TCP_USER_TIMEOUT, on Linux only)
     * @param onEnd once the connection is closed
     */
    public static Mono<Void> send(
            ServerHttpResponse answer, FrameStream frames, Duration ackTimeout, Duration closeTimeout, Runnable onEnd) {
        setHeaders(answer);
        HttpServerResponse response = ServerHttpResponseDecorator.getNativeResponse(answer);
        response.keepAlive(false); // a stream that we end is the last of its connection
        if (response.version().equals(HttpVersion.HTTP_1_0)) {
            response.chunkedTransfer(false); // which HTTP/1.0 does not know: the body ends with the connection
        }
        response.withConnection(connection -> connection.onDispose(onEnd::run));
        Mono<Void> sent = Mono.create(end -> response.withConnection(connection -> {
            Channel channel = connection.channel();
            // other transports than Linux's own do not know the option, and say so by an answer that is of no use here
            channel.config().setOption(EpollChannelOption.TCP_USER_TIMEOUT, Math.toIntExact(ackTimeout.toMillis()));
            ChannelWriter writer = new ChannelWriter(channel, new ServerSentEvents(), closeTimeout, end);
            connection.addHandlerFirst("heartline.writer", writer);
            frames.attach(writer);
        }));
        return answer.setComplete()
                .then(Mono.defer(() -> response.sendHeaders().then()))
                .then(sent)
                .onErrorComplete(StreamClosedException.class);
    }

    /** Completes once the headers of a stream are sent, and nothing else: the answer to HEAD. */
    public static Mono<Void> sendHead(ServerHttpResponse answer) {
        setHeaders(answer);
        return answer.setComplete();
    }

    /**
     * Tells the client to come back after a random 3 to 10 s, and ends the answer. A browser's EventSource gives up for good
     * after any status but 200.
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
        answer.getHeaders().set("X-Accel-Buffering", "no"); // or nginx collects events before it passes them on
    }

    @Override
    public void encode(Frame frame, ByteBuf to) {
        switch (frame.kind()) {
            case heartbeat -> {} // the position frame with it is enough
            default -> frame.writeServerSentEvent(to);
        }
    }

    /** Of which Netty makes one chunk. */
    @Override
    public Object toMessage(ByteBuf encoded) {
        return new DefaultHttpContent(encoded);
    }

    @Override
    public boolean expectsPong() {
        return false;
    }
}
