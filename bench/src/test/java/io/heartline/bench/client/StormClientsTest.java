package io.heartline.bench.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.client.StormClients.Caller;
import io.heartline.bench.model.Target;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler.HandshakeComplete;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class StormClientsTest {

    private static final int CLIENTS = 20;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory());
    private final StormCounters counters = new StormCounters();
    private final ConcurrentLinkedQueue<String> authorizations = new ConcurrentLinkedQueue<>();
    private StormClients clients;

    @AfterEach
    void stop() {
        clients.close();
        loop.shutdownGracefully();
    }

    @Test
    void greetedClients_areAccepted_withBothDelays() throws InterruptedException {
        connect(Target.heartline, "/likes", "secret", CLIENTS, (number, channel) -> greet(channel));

        assertThat(counters.accepted.sum()).isEqualTo(CLIENTS);
        assertThat(counters.failed.sum()).isZero();
        assertThat(counters.handshake.getTotalCount()).isEqualTo(CLIENTS);
        assertThat(counters.hello.getTotalCount()).isEqualTo(CLIENTS);
        assertThat(counters.nanos.sum()).isGreaterThanOrEqualTo(counters.hello.getMinValue());
        assertThat(authorizations).containsOnly("Bearer secret").hasSize(CLIENTS);
    }

    @Test
    void clientsOfAServerThatDoesNotGreet_areAcceptedAfterTheHandshake() throws InterruptedException {
        connect(Target.nchan, "/likes", null, CLIENTS, (number, channel) -> {});

        assertThat(counters.accepted.sum()).isEqualTo(CLIENTS);
        assertThat(counters.hello.getTotalCount()).isZero();
        assertThat(authorizations).isEmpty();
    }

    @Test
    void refusedClients_haveFailed() throws InterruptedException {
        connect(Target.heartline, "/elsewhere", null, CLIENTS, (number, channel) -> greet(channel));

        assertThat(counters.accepted.sum()).isZero();
        assertThat(counters.failed.sum()).isEqualTo(CLIENTS);
    }

    @Test
    void clientsThatAreDisconnectedBeforeAFrame_haveFailed() throws InterruptedException {
        connect(Target.heartline, "/likes", null, CLIENTS, (number, channel) -> {
            if (number % 2 == 0) {
                greet(channel);
            } else {
                channel.close();
            }
        });

        assertThat(counters.accepted.sum()).isEqualTo(CLIENTS / 2);
        assertThat(counters.failed.sum()).isEqualTo(CLIENTS / 2);
    }

    @Test
    @Timeout(30)
    void acceptedClientThatIsDisconnected_hasFailed() throws InterruptedException {
        ConcurrentLinkedQueue<Channel> open = new ConcurrentLinkedQueue<>();
        connect(Target.heartline, "/likes", null, CLIENTS, (number, channel) -> {
            greet(channel);
            open.add(channel);
        });

        open.element().close();
        while (counters.failed.sum() == 0) {
            Thread.onSpinWait();
        }

        assertThat(counters.failed.sum()).isEqualTo(1);
        assertThat(counters.accepted.sum()).isEqualTo(CLIENTS - 1);
    }

    @Test
    void concurrency_limitsTheClientsThatAreNotYetAccepted() throws InterruptedException {
        AtomicInteger waiting = new AtomicInteger();
        AtomicInteger maximum = new AtomicInteger();
        connect(Target.heartline, "/likes", null, 3, (number, channel) -> {
            maximum.accumulateAndGet(waiting.incrementAndGet(), Math::max);
            channel.eventLoop()
                    .execute(
                            () -> { // after the handshakes that have arrived by now
                                waiting.decrementAndGet();
                                greet(channel);
                            });
        });

        assertThat(counters.accepted.sum()).isEqualTo(CLIENTS);
        assertThat(maximum).hasValueBetween(1, 3);
    }

    private static void greet(Channel channel) {
        channel.writeAndFlush(new TextWebSocketFrame("{\"kind\":\"hello\"}"));
    }

    /** @param accepted called after each handshake with its number and channel */
    private void connect(
            Target target, String path, String token, int concurrency, BiConsumer<Integer, Channel> accepted)
            throws InterruptedException {
        AtomicInteger handshakes = new AtomicInteger();
        Channel server = new ServerBootstrap()
                .group(loop)
                .channel(EpollServerSocketChannel.class)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline()
                                .addLast(
                                        new HttpServerCodec(),
                                        new HttpObjectAggregator(8192),
                                        new WebSocketServerProtocolHandler("/likes"),
                                        new ChannelInboundHandlerAdapter() {
                                            @Override
                                            public void channelRead(ChannelHandlerContext context, Object message) {
                                                ReferenceCountUtil.release(message);
                                                context.close(); // another path
                                            }

                                            @Override
                                            public void userEventTriggered(
                                                    ChannelHandlerContext context, Object event) {
                                                if (event instanceof HandshakeComplete done) {
                                                    List<String> header = done.requestHeaders()
                                                            .getAll("Authorization");
                                                    authorizations.addAll(header);
                                                    accepted.accept(handshakes.getAndIncrement(), context.channel());
                                                }
                                            }
                                        });
                    }
                })
                .bind("127.0.0.1", 0)
                .sync()
                .channel();
        int port = ((InetSocketAddress) server.localAddress()).getPort();
        Caller caller = new Caller(URI.create("ws://127.0.0.1:" + port + path), token);
        clients = StormClients.connect(target, Collections.nCopies(CLIENTS, caller), concurrency, counters, 0);
    }
}
