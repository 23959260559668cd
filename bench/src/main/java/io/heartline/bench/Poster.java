package io.heartline.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import java.net.URI;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/**
 * Posts over HTTP/1.1 connections that are kept alive, one request at a time on each. Opens as many as are needed at once,
 * within bounds, so that a server that is slow to answer is sent the next like all the same.
 */
final class Poster implements AutoCloseable {

    final LongAdder accepted = new LongAdder();
    /** Answered with anything but 202, or not at all. */
    final LongAdder refused = new LongAdder();
    /** Nanoseconds from when a like was due until its 202. */
    final Histogram delay = Delays.histogram();

    private final URI url;
    private final int most;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    // all below is of the loop's one thread
    private final Deque<Connection> idle = new ArrayDeque<>();
    private final Queue<Post> waiting = new ArrayDeque<>();
    private int open;

    private record Post(byte[] json, long due) {}

    /** @param most connections at once */
    Poster(URI url, int most) {
        this.url = url;
        this.most = most;
    }

    void post(byte[] json, long due) {
        loop.execute(() -> {
            waiting.add(new Post(json, due));
            Connection free = idle.poll();
            if (free != null) {
                free.next();
            } else if (open < most) {
                connect();
            }
        });
    }

    private void connect() {
        open++;
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(new HttpClientCodec(), new HttpObjectAggregator(65_536), new Connection());
                    }
                })
                .connect(url.getHost(), url.getPort())
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        open--;
                        if (waiting.poll() != null) {
                            refused.increment();
                        }
                    }
                });
    }

    private final class Connection extends SimpleChannelInboundHandler<FullHttpResponse> {

        private Channel channel;
        private Post posted;

        @Override
        public void channelActive(ChannelHandlerContext context) {
            channel = context.channel();
            next();
        }

        void next() {
            posted = waiting.poll();
            if (posted == null) {
                idle.push(this); // the one used last is used first: few connections, all of them warm
            } else {
                channel.writeAndFlush(request(posted.json()));
            }
        }

        private FullHttpRequest request(byte[] json) {
            FullHttpRequest request = new DefaultFullHttpRequest(
                    HttpVersion.HTTP_1_1, HttpMethod.POST, url.getPath(), Unpooled.wrappedBuffer(json));
            request.headers()
                    .set(HttpHeaderNames.HOST, url.getAuthority())
                    .set(HttpHeaderNames.CONTENT_TYPE, HttpHeaderValues.APPLICATION_JSON)
                    .set(HttpHeaderNames.CONTENT_LENGTH, json.length);
            return request;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, FullHttpResponse response) {
            if (response.status().equals(HttpResponseStatus.ACCEPTED)) {
                accepted.increment();
                delay.recordValue(System.nanoTime() - posted.due());
            } else {
                refused.increment();
            }
            next();
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            open--;
            idle.remove(this);
            if (posted != null) {
                refused.increment();
            }
            if (!waiting.isEmpty()) {
                connect();
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            Console.progress("a connection to %s broke: %s", url, e);
            context.close();
        }
    }

    @Override
    public void close() {
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
