package io.heartline.bench;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** One of the {@link Returners}; their thread's alone. */
final class Returner {

    /** The shortest pause before a follower connects again; for all targets alike. {@code heartline.js} waits up to 3 s. */
    private static final int PAUSE_MS = 250;

    private static final int PER_ADDRESS = 20_000;

    final ToldNumbers told = new ToldNumbers();
    private final Returners all;
    private final InetSocketAddress from;
    private int server;
    private String position;
    private boolean follows;
    private long cutOff;

    Returner(Returners all, int number) {
        this.all = all;
        server = number % all.servers.size();
        // not the servers' own, whose ports are free for a while and must stay so
        from = new InetSocketAddress("127.0.0." + (2 + number / PER_ADDRESS), 0);
    }

    void connect() {
        URI url = all.servers.get(server);
        WebSocketClientProtocolConfig config = SocketClient.to(
                        url + all.target.comeback().query(position))
                .subprotocol(all.target.comeback().subprotocol())
                .build();
        new Bootstrap()
                .group(all.loop)
                .channel(EpollSocketChannel.class)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        all.connected.add(channel);
                        SocketClient.add(channel.pipeline(), config, new Reader());
                    }
                })
                .connect(new InetSocketAddress(url.getHost(), url.getPort()), from)
                .channel()
                .closeFuture()
                .addListener(over -> comeBack());
    }

    private void comeBack() {
        if (all.closed) {
            return;
        }
        if (follows) {
            follows = false;
            cutOff = System.nanoTime();
        }
        server = (server + 1) % all.servers.size();
        int pause = PAUSE_MS + ThreadLocalRandom.current().nextInt(PAUSE_MS);
        all.loop.schedule(this::connect, pause, TimeUnit.MILLISECONDS);
    }

    void follow() {
        if (follows) {
            return;
        }
        follows = true;
        if (cutOff == 0) {
            all.following.countDown();
        } else {
            all.away.recordValue(System.nanoTime() - cutOff);
        }
    }

    void read(ByteBuf frame) {
        follow();
        position = all.target.comeback().position(frame, position);
        int number = EventNumber.in(frame);
        if (number >= 0) {
            (told.add(number, System.nanoTime()) ? all.told : all.twice).increment();
        } else if (Due.matches(frame, frame.readerIndex(), Followers.DIGEST)) {
            all.digests.increment();
        }
    }

    private final class Reader extends SimpleChannelInboundHandler<TextWebSocketFrame> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, TextWebSocketFrame frame) {
            read(frame.content());
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE && !all.target.greets()) {
                follow();
            }
        }

        /** Such as a handshake that is refused: it comes back. */
        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            context.close();
        }
    }
}
