package io.heartline.bench;

import io.heartline.bench.ServerProcess.Answer;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.timeout.IdleStateEvent;
import io.netty.handler.timeout.IdleStateHandler;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** One POST of NDJSON: written as fast as it is taken, while the answer is read and checked. */
final class NdjsonStream extends SimpleChannelInboundHandler<HttpObject> {

    private static final int LINES_IN_A_CHUNK = 500;
    private static final int PATIENCE_SECONDS = 30;
    private static final WriteBufferWaterMark AHEAD = new WriteBufferWaterMark(1 << 17, 1 << 18);

    private final URI server;
    private final IngestLikes.Lines lines;
    private final long count;
    private final boolean minimal;
    private final String authorization;
    private final NdjsonAnswer answer;
    private final StringBuilder problem = new StringBuilder();
    private final CompletableFuture<Answer> ended = new CompletableFuture<>();
    private long written;
    private boolean isWriting;
    private int status;

    /** @param authorization null if the server needs no token */
    NdjsonStream(URI server, IngestLikes.Lines lines, long count, boolean minimal, String authorization) {
        this.server = server;
        this.lines = lines;
        this.count = count;
        this.minimal = minimal;
        this.authorization = authorization;
        this.answer = new NdjsonAnswer(minimal);
    }

    /** Completes with the end of the answer. What it holds is in {@link #sums()} if it is of lines, or else in its body. */
    CompletableFuture<Answer> start(EventLoopGroup loop) {
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.WRITE_BUFFER_WATER_MARK, AHEAD)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new IdleStateHandler(true, 0, 0, PATIENCE_SECONDS, TimeUnit.SECONDS),
                                        new HttpClientCodec(),
                                        NdjsonStream.this);
                    }
                })
                .connect(server.getHost(), server.getPort())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        ended.completeExceptionally(done.cause());
                    }
                });
        return ended;
    }

    /** @throws CannotMeasureException unless all likes were answered as they have to be */
    NdjsonAnswer.Sums sums() {
        NdjsonAnswer.Sums sums = answer.end(count);
        if (sums.refused() > 0) {
            throw new CannotMeasureException(sums.refused() + " lines were refused, the first by " + answer.refusal());
        }
        return sums;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        HttpRequest request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/v1/likes");
        request.headers()
                .set(HttpHeaderNames.HOST, server.getAuthority())
                .set(HttpHeaderNames.CONTENT_TYPE, "application/x-ndjson")
                .set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
        if (minimal) {
            request.headers().set("Prefer", "return=minimal");
        }
        if (authorization != null) {
            request.headers().set(HttpHeaderNames.AUTHORIZATION, authorization);
        }
        context.write(request);
        write(context);
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        write(context);
    }

    private void write(ChannelHandlerContext context) {
        if (isWriting) {
            return; // to flush may make it writable again, and end up here
        }
        isWriting = true;
        while (written < count && context.channel().isWritable()) {
            int some = lines.inARow(written, (int) Math.min(LINES_IN_A_CHUNK, count - written));
            context.write(new DefaultHttpContent(lines.slice(written, some)));
            written += some;
            if (written == count) {
                context.write(LastHttpContent.EMPTY_LAST_CONTENT);
            }
            context.flush();
        }
        isWriting = false;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, HttpObject part) {
        if (part instanceof HttpResponse response) {
            status = response.status().code();
        }
        if (part instanceof HttpContent content) {
            if (status == IngestWay.ndjson.success()) {
                answer.add(content.content());
            } else {
                problem.append(content.content().toString(StandardCharsets.UTF_8));
            }
        }
        if (part instanceof LastHttpContent) {
            ended.complete(new Answer(status, problem.toString()));
            context.close();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof IdleStateEvent) {
            fail(context, new CannotMeasureException("nothing was taken or answered for " + PATIENCE_SECONDS + " s"));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(context, new CannotMeasureException("the connection ended before the answer did"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        fail(context, e);
    }

    private void fail(ChannelHandlerContext context, Throwable e) {
        ended.completeExceptionally(e);
        context.close();
    }
}
