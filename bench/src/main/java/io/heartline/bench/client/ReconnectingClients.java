package io.heartline.bench.client;

import io.heartline.bench.model.FrameText;
import io.heartline.bench.model.ResumeStrategy;
import io.heartline.bench.model.Target;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Delays;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** WebSocket clients that reconnect to the next server after a disconnection, and resume there if the target can. */
public final class ReconnectingClients implements AutoCloseable {

    /** The shortest pause before a reconnection, the same for all targets. {@code heartline.js} waits up to 3 s. */
    private static final int PAUSE_MS = 250;

    /** Not the servers' address: while a server is stopped, a client could otherwise occupy its port. */
    private static final int FIRST_ADDRESS = 2;

    /** Different likes, summed over all clients. */
    public final LongAdder delivered = new LongAdder();

    public final LongAdder deliveredAgain = new LongAdder();
    public final LongAdder digests = new LongAdder();
    /** Nanoseconds from a client's disconnection until it followed again. */
    public final Histogram away = Delays.histogram();

    private final Target target;
    private final List<URI> servers;
    private final Connections connections = new Connections();
    private final CountDownLatch following;
    private final List<Client> clients = new ArrayList<>();

    private ReconnectingClients(Target target, List<URI> servers, int count) {
        this.target = target;
        this.servers = servers;
        this.following = new CountDownLatch(count);
    }

    /** Connects clients, evenly distributed over the servers, and returns once all follow. */
    public static ReconnectingClients connect(Target target, List<URI> servers, int count) throws InterruptedException {
        Connections.requireFiles(count);
        ReconnectingClients all = new ReconnectingClients(target, servers, count);
        for (int i = 0; i < count; i++) {
            Client client = all.new Client(i);
            all.clients.add(client);
            all.connections.execute(client::connect);
        }
        if (!all.following.await(30, TimeUnit.SECONDS)) {
            all.close();
            throw new CannotMeasureException("not all clients could follow within 30 s");
        }
        return all;
    }

    /**
     * Returns how many likes did not arrive, summed over all clients. To be called after {@link #close}.
     *
     * @param likes that each client was to receive
     */
    public long lost(long likes) {
        return clients.stream().mapToLong(client -> client.ids.lost(likes)).sum();
    }

    /** Returns the longest time of any client between two likes, in nanoseconds. To be called after {@link #close}. */
    public long longestSilence() {
        return clients.stream()
                .mapToLong(client -> client.ids.longestSilence())
                .max()
                .orElse(0);
    }

    /** A client, sharable because each of its connections has its handler in a new pipeline. */
    @ChannelHandler.Sharable
    private final class Client extends WebSocketClient {

        final DeliveredIds ids = new DeliveredIds();
        private final int number;
        private int server;
        private String position;
        private boolean follows;
        private long disconnectedAt;

        Client(int number) {
            this.number = number;
            server = number % servers.size();
        }

        void connect() {
            URI url = servers.get(server);
            ResumeStrategy strategy = target.resumeStrategy();
            connections.connect(
                    url,
                    Connections.addressOf(number, FIRST_ADDRESS),
                    pipeline -> {
                        String target = url + strategy.query(position);
                        addTo(pipeline, target, strategy.subprotocol(), new DefaultHttpHeaders());
                        pipeline.channel().closeFuture().addListener(over -> reconnect());
                    },
                    e -> {}); // the channel is closed then, too
        }

        private void reconnect() {
            if (follows) {
                follows = false;
                disconnectedAt = System.nanoTime();
            }
            server = (server + 1) % servers.size();
            int pause = PAUSE_MS + ThreadLocalRandom.current().nextInt(PAUSE_MS);
            connections.schedule(this::connect, TimeUnit.MILLISECONDS.toNanos(pause));
        }

        private void follow() {
            if (follows) {
                return;
            }
            follows = true;
            if (disconnectedAt == 0) {
                following.countDown();
            } else {
                away.recordValue(System.nanoTime() - disconnectedAt);
            }
        }

        @Override
        void opened(ChannelHandlerContext context) {
            if (!target.greets()) {
                follow();
            }
        }

        @Override
        void received(ByteBuf frame, ChannelHandlerContext context) {
            follow();
            position = target.resumeStrategy().position(frame, position);
            int like = FrameText.eventNumber(frame);
            if (like >= 0) {
                (ids.add(like, System.nanoTime()) ? delivered : deliveredAgain).increment();
            } else if (FrameText.isDigest(frame)) {
                digests.increment();
            }
        }

        /** Closes the connection, for example after a refused handshake, so that the client reconnects. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            context.close();
        }
    }

    @Override
    public void close() {
        connections.close();
    }
}
