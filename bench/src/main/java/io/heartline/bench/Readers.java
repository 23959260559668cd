package io.heartline.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** All who are told in one way, on one thread. Each follows one author, and sends what a browser would. */
final class Readers implements AutoCloseable {

    /** Seconds, as heartline.js asks. */
    private static final int LONG_POLL = 25;

    /** So many requests a second, of all together, that a server compiles what it answers with. */
    private static final int HURRIED = 200;

    final Told told = new Told();

    private final Way way;
    private final URI server;
    private final int count;
    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ChannelGroup channels = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final CountDownLatch greeted;
    private volatile Throwable trouble;
    private volatile boolean closing;
    private final List<Runnable> slowDown = new ArrayList<>(); // of the loop's thread, once all are open

    private Readers(Way way, URI server, int count) {
        this.way = way;
        this.server = server;
        this.count = count;
        this.greeted = new CountDownLatch(count);
    }

    /**
     * Returns once each knows where its likes begin. Those who poll do so in turn, spread over the time between two polls, and
     * oftener until they are told to keep their time: a server that is asked seldom would take minutes to get warm.
     *
     * @throws CannotMeasureException if that takes more than five minutes: meanwhile many JVMs may compile on few cores
     */
    static Readers connect(Way way, URI server, int count, int authors, Dues dues) throws InterruptedException {
        int readers = way.kind() == Way.Kind.NOBODY ? 0 : count;
        Readers all = new Readers(way, server, readers);
        for (int i = 0; i < readers; i++) {
            all.open(i % authors, turn(i), dues);
        }
        if (!all.greeted.await(5, TimeUnit.MINUTES)) {
            all.close();
            throw new CannotMeasureException(way + ": not all were greeted within five minutes", all.trouble);
        }
        return all;
    }

    /**
     * When it is one's turn, from 0 to 1: spread evenly however many there are, by the golden ratio, and not in the order in which their
     * authors are liked. Whoever asks just as often as his author is liked would else be as late each time, and all of them alike.
     */
    static double turn(int number) {
        return number * 0.618_033_988_749_895 % 1;
    }

    /** Whom nobody else writes to. */
    static String author(int number) {
        return "followed-" + number;
    }

    private void open(int author, double turn, Dues dues) {
        String id = author(author);
        long every = TimeUnit.SECONDS.toNanos(way.every());
        switch (way.kind()) {
            case WEBSOCKET -> SocketReader.open(this, id);
            case SSE -> StreamReader.open(this, id);
            case LONG_POLL -> open(new AskingReader(this, new Question.Likes(id, LONG_POLL), 0), turn);
            case POLL -> open(new AskingReader(this, new Question.Likes(id, 0), every), turn);
            case REPORT -> open(new AskingReader(this, new Question.Report(id, author, dues), every), turn);
            case NOBODY -> throw new IllegalArgumentException("nobody reads");
        }
    }

    private void open(AskingReader reader, double turn) {
        slowDown.add(() -> reader.keepItsTime(turn));
        reader.start(turn);
    }

    /** From now on. */
    void keepTheirTime() {
        loop.execute(() -> slowDown.forEach(Runnable::run));
    }

    /** Nanoseconds between two requests of one of them until they keep their time, if that is not oftener still. */
    long hurry() {
        return TimeUnit.SECONDS.toNanos(count) / HURRIED;
    }

    URI server() {
        return server;
    }

    void greeted() {
        greeted.countDown();
    }

    /** After so many nanoseconds, on the thread of all. */
    void later(long nanos, Runnable task) {
        if (!closing) {
            loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** @param pipeline given that of the connection, which counts bytes already */
    ChannelFuture connect(Consumer<ChannelPipeline> pipeline) {
        return new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channels.add(channel);
                        pipeline.accept(channel.pipeline().addLast(new Meter()));
                    }
                })
                .connect(server.getHost(), server.getPort());
    }

    /** What Chromium says of itself to another origin. */
    static HttpHeaders likeABrowser(HttpHeaders headers, URI server) {
        return headers.set("Host", server.getAuthority())
                .set("Connection", "keep-alive")
                .set("sec-ch-ua-platform", "\"Linux\"")
                .set(
                        "User-Agent",
                        "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36")
                .set("sec-ch-ua", "\"Chromium\";v=\"156\", \"Not)A;Brand\";v=\"24\"")
                .set("sec-ch-ua-mobile", "?0")
                .set("Accept", "*/*")
                .set("Origin", "http://localhost:8083")
                .set("Sec-Fetch-Site", "same-site")
                .set("Sec-Fetch-Mode", "cors")
                .set("Sec-Fetch-Dest", "empty")
                .set("Accept-Encoding", "gzip, deflate, br, zstd")
                .set("Accept-Language", "en-US,en;q=0.9");
    }

    void fail(Throwable why) {
        if (!closing) {
            trouble = why;
        }
    }

    /** @throws CannotMeasureException if one has had an answer that it could not make sense of, or none */
    void requireWell() {
        if (trouble != null) {
            throw new CannotMeasureException(way + ": a reader had trouble", trouble);
        }
    }

    private final class Meter extends ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            told.bytes.add(((ByteBuf) message).readableBytes());
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            told.bytes.add(((ByteBuf) message).readableBytes());
            context.write(message, promise);
        }
    }

    @Override
    public void close() {
        closing = true;
        channels.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
