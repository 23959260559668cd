package io.heartline.bench;

import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;

/** WebSocket clients that come back when they are cut off: to the next server, saying where they were. All on one thread. */
final class Returners implements AutoCloseable {

    /** Different likes, summed over all clients. */
    final LongAdder told = new LongAdder();

    final LongAdder twice = new LongAdder();
    final LongAdder digests = new LongAdder();
    /** Nanoseconds from when a client was cut off until it followed again. */
    final Histogram away = Delays.histogram();

    final Target target;
    final List<URI> servers;
    final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    final ChannelGroup connected = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    final CountDownLatch following;
    volatile boolean closed;

    private final List<Returner> clients = new ArrayList<>();

    private Returners(Target target, List<URI> servers, int count) {
        this.target = target;
        this.servers = servers;
        this.following = new CountDownLatch(count);
    }

    /** Returns once all follow, as many on either server. */
    static Returners connect(Target target, List<URI> servers, int count) throws InterruptedException {
        Followers.requireFiles(count);
        Returners returners = new Returners(target, servers, count);
        for (int i = 0; i < count; i++) {
            Returner client = new Returner(returners, i);
            returners.clients.add(client);
            returners.loop.execute(client::connect);
        }
        if (!returners.following.await(30, TimeUnit.SECONDS)) {
            returners.close();
            throw new CannotMeasureException("not all clients could follow within 30 s");
        }
        return returners;
    }

    /** Of so many likes, summed over all clients, once they are closed. */
    long lost(long likes) {
        return clients.stream().mapToLong(client -> client.told.lost(likes)).sum();
    }

    /** The longest that any client was told nothing between two likes, in nanoseconds, once they are closed. */
    long longestSilence() {
        return clients.stream()
                .mapToLong(client -> client.told.longestSilence())
                .max()
                .orElse(0);
    }

    @Override
    public void close() {
        closed = true;
        connected.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
