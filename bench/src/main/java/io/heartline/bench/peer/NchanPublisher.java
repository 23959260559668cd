package io.heartline.bench.peer;

import io.heartline.bench.client.Connections;
import io.heartline.bench.client.KafkaClients;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Publishes likes from Kafka to nchan, which has no Kafka client: a POST for each, to the channel of its author. It sends all over
 * one connection without waiting for the answers, so they stay in order and need no round trip each. It ends when nchan does.
 */
@Command(name = "nchan-publisher", hidden = true, description = "Publishes likes from Kafka to nchan, for comparison.")
public final class NchanPublisher extends Peer {

    private static final int MAX_IN_FLIGHT = 1024;

    @Parameters(index = "3", description = "The port of nginx.")
    private int nginxPort;

    private final CompletableFuture<Channel> connected = new CompletableFuture<>();
    private final Semaphore permits = new Semaphore(MAX_IN_FLIGHT);
    private volatile String failure;

    @Override
    public Integer call() throws Exception {
        try (Connections connections = new Connections();
                KafkaConsumer<byte[], byte[]> consumer = KafkaClients.consumer(bootstrap, Map.of())) {
            KafkaClients.seekToEnd(consumer, topic);
            connections.connect(
                    URI.create("http://127.0.0.1:" + nginxPort),
                    null,
                    pipeline -> pipeline.addLast(new HttpClientCodec(), new Answers()),
                    connected::completeExceptionally);
            Channel nginx = connected.get();
            PeerServer.start(port, (method, path) -> "");
            while (failure == null) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    permits.acquire();
                    nginx.write(request(record));
                }
                nginx.flush();
            }
            System.err.println(failure);
            return 1;
        }
    }

    private static FullHttpRequest request(ConsumerRecord<byte[], byte[]> record) {
        String author = new String(record.key(), StandardCharsets.UTF_8);
        ByteBuf frame = frame(record);
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/publish/" + author, frame);
        request.headers()
                .set(HttpHeaderNames.HOST, "127.0.0.1")
                .set(HttpHeaderNames.CONTENT_LENGTH, frame.readableBytes());
        return request;
    }

    private void fail(String why) {
        failure = why;
        permits.release(MAX_IN_FLIGHT); // wakes the polling thread
    }

    /** Reads nchan's answers: 201 if the channel has followers, 202 if not, each with a few lines about the channel. */
    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        public void channelActive(ChannelHandlerContext context) {
            connected.complete(context.channel());
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject answer) {
            if (answer instanceof HttpResponse head && head.status().code() / 100 != 2) {
                fail("nchan answers " + head.status());
            }
            if (answer instanceof LastHttpContent) {
                permits.release();
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            fail("nginx has closed the connection");
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            fail("publishing failed: " + e);
        }
    }
}
