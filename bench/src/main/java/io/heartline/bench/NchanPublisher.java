package io.heartline.bench;

import com.sun.net.httpserver.HttpServer;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.Semaphore;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/**
 * Brings likes from Kafka to nchan, which cannot read it: a POST for each, to the channel of its author. All of them go over one
 * connection without waiting for the answers, so they stay in order and cost no round trip each. Ends when nchan does.
 */
@Command(name = "nchan-publisher", hidden = true, description = "Brings likes from Kafka to nchan, to compare with.")
final class NchanPublisher implements Callable<Integer> {

    private static final int UNDER_WAY = 1024;

    @Parameters(index = "0")
    private String bootstrap;

    @Parameters(index = "1")
    private String topic;

    @Parameters(index = "2", description = "nginx's.")
    private int nginxPort;

    @Parameters(index = "3", description = "Our own: answers once likes are read.")
    private int port;

    private final Semaphore places = new Semaphore(UNDER_WAY);
    private volatile String trouble;

    @Override
    public Integer call() throws Exception {
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of("bootstrap.servers", bootstrap, "enable.auto.commit", false),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            KafkaRoute.seekToEnd(consumer, topic);
            Channel nginx = connect();
            tellThatWeAreReady();
            while (trouble == null) {
                for (ConsumerRecord<byte[], byte[]> record : consumer.poll(Duration.ofMillis(500))) {
                    places.acquire();
                    nginx.write(request(record));
                }
                nginx.flush();
            }
            System.err.println(trouble);
            return 1;
        }
    }

    private Channel connect() throws InterruptedException {
        return new Bootstrap()
                .group(new MultiThreadIoEventLoopGroup(1, EpollIoHandler.newFactory()))
                .channel(EpollSocketChannel.class)
                .option(ChannelOption.TCP_NODELAY, true)
                .handler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        channel.pipeline().addLast(new HttpClientCodec(), new Answers());
                    }
                })
                .connect(InetAddress.getLoopbackAddress(), nginxPort)
                .sync()
                .channel();
    }

    private static FullHttpRequest request(ConsumerRecord<byte[], byte[]> record) {
        String author = new String(record.key(), StandardCharsets.UTF_8);
        ByteBuf frame = PeerFrame.of(record);
        FullHttpRequest request =
                new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.POST, "/publish/" + author, frame);
        request.headers()
                .set(HttpHeaderNames.HOST, "127.0.0.1")
                .set(HttpHeaderNames.CONTENT_LENGTH, frame.readableBytes());
        return request;
    }

    private void tellThatWeAreReady() throws Exception {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 0);
        server.createContext("/", exchange -> {
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
    }

    private void fail(String why) {
        trouble = why;
        places.release(UNDER_WAY); // the poller may be waiting
    }

    /** 201 where somebody follows and 202 where nobody does, each with a few lines about the channel. */
    private final class Answers extends SimpleChannelInboundHandler<HttpObject> {

        @Override
        protected void channelRead0(ChannelHandlerContext context, HttpObject answer) {
            if (answer instanceof HttpResponse head && head.status().code() / 100 != 2) {
                fail("nchan answers " + head.status());
            }
            if (answer instanceof LastHttpContent) {
                places.release();
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
