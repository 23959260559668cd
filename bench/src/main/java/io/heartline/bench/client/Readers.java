package io.heartline.bench.client;

import io.heartline.bench.model.DueTimes;
import io.heartline.bench.model.ReadMethod;
import io.heartline.bench.result.CannotMeasureException;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelDuplexHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.ChannelPromise;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** All clients of one read method. Each follows one author and sends the headers of a browser. */
public final class Readers implements AutoCloseable {

    /** Seconds for which heartline.js lets a long poll wait. */
    private static final int LONG_POLL_SECONDS = 25;

    /** Requests per second of all clients during the warm-up: enough for the server's JVM to compile its code soon. */
    private static final int WARM_UP_RATE = 200;

    public final DeliveryCounters counters = new DeliveryCounters();

    private final ReadMethod method;
    final URI server;
    private final int count;
    private final Connections connections = new Connections();
    private final CountDownLatch greeted;
    private final List<Runnable> slowDown = new ArrayList<>(); // used by the connections' thread once all are open
    private volatile Throwable failure;

    private Readers(ReadMethod method, URI server, int count) {
        this.method = method;
        this.server = server;
        this.count = count;
        this.greeted = new CountDownLatch(count);
    }

    /**
     * Connects the clients, and returns once each knows where its likes begin. Polling clients start at different phases of
     * their interval, and poll more often until {@link #keepInterval}: a server with few requests takes minutes to warm up.
     *
     * @throws CannotMeasureException if that takes more than five minutes: meanwhile many JVMs may compile on few cores
     */
    public static Readers connect(ReadMethod method, URI server, int count, int authors, DueTimes dues)
            throws InterruptedException {
        int clients = method.kind() == ReadMethod.Kind.NOBODY ? 0 : count;
        Readers readers = new Readers(method, server, clients);
        for (int i = 0; i < clients; i++) {
            readers.open(i % authors, phase(i), dues);
        }
        if (!readers.greeted.await(5, TimeUnit.MINUTES)) {
            readers.close();
            throw new CannotMeasureException(method + ": not all were greeted within five minutes", readers.failure);
        }
        return readers;
    }

    /**
     * Returns the phase of a client within its polling interval, at least 0 and below 1, by the golden-ratio sequence. Without
     * it, clients that poll as often as their author is liked would all see the same constant delay.
     */
    static double phase(int number) {
        return number * 0.618_033_988_749_895 % 1;
    }

    /** Returns the id of an author whose likes only the measured load writes. */
    public static String author(int number) {
        return "followed-" + number;
    }

    private void open(int author, double phase, DueTimes dues) {
        String id = author(author);
        long interval = TimeUnit.SECONDS.toNanos(method.every());
        switch (method.kind()) {
            case WEBSOCKET -> WebSocketReader.open(this, id);
            case SSE -> EventStreamReader.openLikes(this, id);
            case LONG_POLL -> poll(new PollRequest.Likes(id, LONG_POLL_SECONDS), 0, phase);
            case POLL -> poll(new PollRequest.Likes(id, 0), interval, phase);
            case REPORT -> poll(new PollRequest.Report(id, author, dues), interval, phase);
            case LIVE_REPORT ->
                EventStreamReader.openReport(this, new PollRequest.Report(id, author, dues), method.every());
            case NOBODY -> throw new IllegalArgumentException("a method without clients");
        }
    }

    private void poll(PollRequest request, long interval, double phase) {
        PollingReader reader = new PollingReader(this, request, interval);
        slowDown.add(() -> reader.keepInterval(phase));
        reader.start(phase);
    }

    /** Ends the warm-up: from now on clients poll at their own interval. */
    public void keepInterval() {
        connections.execute(() -> slowDown.forEach(Runnable::run));
    }

    /** Returns the nanoseconds between two requests of a client during the warm-up, unless its own interval is shorter. */
    long warmUpInterval() {
        return TimeUnit.SECONDS.toNanos(count) / WARM_UP_RATE;
    }

    /** Called by each client once it knows where its likes begin. */
    void greeted() {
        greeted.countDown();
    }

    /** Runs a task on the connections' thread after a delay. */
    void later(long nanos, Runnable task) {
        connections.schedule(task, nanos);
    }

    /** Opens a connection whose bytes are counted. */
    public void connect(Consumer<ChannelPipeline> handlers) {
        connections.connect(server, null, pipeline -> handlers.accept(pipeline.addLast(new ByteCounter())), this::fail);
    }

    /** Sets the headers that Chromium sends to another origin. */
    static HttpHeaders setBrowserHeaders(HttpHeaders headers, URI server) {
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

    public void fail(Throwable why) {
        if (!connections.isClosing()) {
            failure = why;
        }
    }

    /** @throws CannotMeasureException if a client was disconnected or received an unexpected answer */
    public void requireNoFailure() {
        if (failure != null) {
            throw new CannotMeasureException(method + ": a client failed", failure);
        }
    }

    private final class ByteCounter extends ChannelDuplexHandler {

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            counters.bytes.add(((ByteBuf) message).readableBytes());
            context.fireChannelRead(message);
        }

        @Override
        public void write(ChannelHandlerContext context, Object message, ChannelPromise promise) {
            counters.bytes.add(((ByteBuf) message).readableBytes());
            context.write(message, promise);
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
