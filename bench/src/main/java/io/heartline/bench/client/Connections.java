package io.heartline.bench.client;

import com.sun.management.UnixOperatingSystemMXBean;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** TCP connections of a load generator, all served by one thread, on which their handlers and tasks run. */
public final class Connections implements AutoCloseable {

    /** Linux has 28,000 ports for the clients of an address by default. */
    private static final int CLIENTS_PER_ADDRESS = 20_000;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private volatile boolean closing;

    /** @throws CannotMeasureException if this process may not open so many more files */
    public static void requireFiles(int count) {
        if (ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean os
                && os.getMaxFileDescriptorCount() - os.getOpenFileDescriptorCount() < count) {
            throw new CannotMeasureException(Console.format(
                    "%,d more open files are needed, and a process may have %,d here: see ulimit -Hn",
                    count, os.getMaxFileDescriptorCount()));
        }
    }

    /** Returns the loopback address of one of many clients. The first clients have {@code 127.0.0.} and the first number. */
    static InetSocketAddress addressOf(int client, int first) {
        return new InetSocketAddress("127.0.0." + (first + client / CLIENTS_PER_ADDRESS), 0);
    }

    /**
     * Connects to the host and port of a URL.
     *
     * @param from null for any address
     * @param handlers adds handlers to the pipeline of the new channel, before it is connected
     */
    public void connect(
            URI server, InetSocketAddress from, Consumer<ChannelPipeline> handlers, Consumer<Throwable> failed) {
        new Bootstrap()
                .group(loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        open.add(channel);
                        handlers.accept(channel.pipeline());
                    }
                })
                .connect(new InetSocketAddress(server.getHost(), server.getPort()), from)
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        failed.accept(done.cause());
                    }
                });
    }

    /** Runs a task on the thread of the connections. */
    public void execute(Runnable task) {
        loop.execute(task);
    }

    /** Runs a task on the thread of the connections after a delay, unless they are closed by then. */
    void schedule(Runnable task, long nanos) {
        if (!closing) {
            loop.schedule(task, nanos, TimeUnit.NANOSECONDS);
        }
    }

    /** Returns how many connections are open. */
    int count() {
        return open.size();
    }

    boolean isClosing() {
        return closing;
    }

    @Override
    public void close() {
        closing = true;
        open.close().awaitUninterruptibly();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
