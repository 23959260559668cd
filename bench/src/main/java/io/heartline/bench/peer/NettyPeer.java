package io.heartline.bench.peer;

import io.heartline.bench.client.KafkaClients;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import picocli.CommandLine.Command;

/**
 * A broadcaster on bare Netty without history, limits or a policy for slow readers: the upper bound while likes come one by one. It
 * encodes each frame once, and flushes once for each connection and batch.
 */
@Command(name = "netty-peer", hidden = true, description = "A WebSocket broadcaster on bare Netty, for comparison.")
public final class NettyPeer extends Peer {

    private final Map<String, Set<Channel>> followers = new ConcurrentHashMap<>();

    @Override
    public Integer call() throws Exception {
        MultiThreadIoEventLoopGroup loops = new MultiThreadIoEventLoopGroup(2, EpollIoHandler.newFactory());
        try (KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(bootstrap, Map.of())) {
            KafkaClients.seekToEnd(consumer, topic);
            new ServerBootstrap()
                    .group(loops)
                    .channel(EpollServerSocketChannel.class)
                    .option(ChannelOption.SO_BACKLOG, 4096)
                    .childHandler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel channel) {
                            channel.pipeline()
                                    .addLast(
                                            new HttpServerCodec(),
                                            new HttpObjectAggregator(8192),
                                            new WebSocketServerProtocolHandler(
                                                    WebSocketServerProtocolConfig.newBuilder()
                                                            .websocketPath("/v1/authors")
                                                            .checkStartsWith(true)
                                                            .build()),
                                            new Join());
                        }
                    })
                    .bind("127.0.0.1", port)
                    .sync();
            while (true) {
                broadcast(consumer.poll(Duration.ofMillis(500)));
            }
        }
    }

    private void broadcast(ConsumerRecords<byte[], byte[]> records) {
        Map<String, List<ByteBuf>> frames = new HashMap<>();
        for (ConsumerRecord<byte[], byte[]> record : records) {
            String author = new String(record.key(), StandardCharsets.UTF_8);
            if (followers.containsKey(author)) {
                frames.computeIfAbsent(author, name -> new ArrayList<>()).add(sharedFrame(record));
            }
        }
        frames.forEach((author, own) -> followers.get(author).stream()
                .collect(Collectors.groupingBy(Channel::eventLoop))
                .forEach((loop, channels) -> loop.execute(() -> channels.forEach(channel -> {
                    own.forEach(frame -> channel.write(new TextWebSocketFrame(frame.duplicate())));
                    channel.flush();
                }))));
    }

    private static ByteBuf sharedFrame(ConsumerRecord<byte[], byte[]> record) {
        return Unpooled.unreleasableBuffer(frame(record).asReadOnly());
    }

    private final class Join extends ChannelInboundHandlerAdapter {

        /** Answers the bench's readiness request. Handshakes do not get here. */
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ReferenceCountUtil.release(message);
            DefaultFullHttpResponse ready = new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, HttpResponseStatus.OK);
            ready.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
            context.writeAndFlush(ready);
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext context, Object event) {
            if (event instanceof WebSocketServerProtocolHandler.HandshakeComplete done) {
                String author = done.requestUri().split("/")[3];
                followers
                        .computeIfAbsent(author, name -> ConcurrentHashMap.newKeySet())
                        .add(context.channel());
                context.channel()
                        .closeFuture()
                        .addListener(closed -> followers.get(author).remove(context.channel()));
                context.writeAndFlush(new TextWebSocketFrame("{\"kind\":\"hello\"}"));
            }
        }
    }
}
