package io.heartline.gateway;

import static java.util.stream.Collectors.joining;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A load balancer that passes each new TCP connection to the next gateway that is ready. */
final class LoadBalancer implements AutoCloseable {

    private static final long CHECK_MILLIS = 100;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ScheduledExecutorService checks = Executors.newSingleThreadScheduledExecutor();
    private final List<GatewayProcess> gateways;
    private final AtomicInteger turn = new AtomicInteger();
    private final Map<SocketChannel, Channel> connections = new ConcurrentHashMap<>(); // by the client's side
    private final Channel server;
    private volatile List<GatewayProcess> ready;

    LoadBalancer(GatewayProcess... gateways) {
        this.gateways = List.of(gateways);
        this.ready = this.gateways;
        server = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .childOption(ChannelOption.AUTO_READ, false)
                .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel client) {
                        connect(client);
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
        checks.scheduleWithFixedDelay(this::check, 0, CHECK_MILLIS, TimeUnit.MILLISECONDS);
    }

    private void check() {
        ready = gateways.stream().filter(GatewayProcess::isReady).toList();
    }

    /** Returns both sides of each connection. */
    @Override
    public String toString() {
        return connections.entrySet().stream()
                .map(each -> describe(each.getKey()) + " - " + describe(each.getValue()))
                .collect(joining("\n"));
    }

    private static String describe(Channel side) {
        return side + (side.isWritable() ? "" : " is full");
    }

    int port() {
        return ((InetSocketAddress) server.localAddress()).getPort();
    }

    private void connect(SocketChannel client) {
        List<GatewayProcess> now = ready;
        if (now.isEmpty()) {
            client.close();
            return;
        }
        GatewayProcess gateway = now.get(Math.floorMod(turn.getAndIncrement(), now.size()));
        new Bootstrap()
                .group(loop)
                .channel(NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.ALLOW_HALF_CLOSURE, true)
                .handler(new Relay(client))
                .connect(InetAddress.getLoopbackAddress(), gateway.port)
                .addListener((ChannelFutureListener) connected -> {
                    if (connected.isSuccess()) {
                        connections.put(client, connected.channel());
                        client.closeFuture().addListener(closed -> connections.remove(client));
                        client.pipeline().addLast(new Relay((SocketChannel) connected.channel()));
                        client.read();
                        connected.channel().read();
                    } else {
                        client.close();
                    }
                });
    }

    /** Passes bytes on. It reads more after the other side has taken all bytes, so back-pressure reaches the other end. */
    private static final class Relay extends ChannelInboundHandlerAdapter {

        private final SocketChannel other;

        private Relay(SocketChannel other) {
            this.other = other;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object bytes) {
            other.writeAndFlush(bytes).addListener(written -> context.read());
        }

        /**
         * Passes the end of one direction on. If it closed both after a client's pong, the kernel would reset the connection. The
         * client would then lose the close code.
         */
        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof ChannelInputShutdownEvent) {
                other.shutdownOutput().addListener(ended -> {
                    if (other.isInputShutdown()) {
                        other.close();
                    }
                });
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            other.close();
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            context.close();
        }
    }

    @Override
    public void close() {
        checks.shutdownNow();
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
