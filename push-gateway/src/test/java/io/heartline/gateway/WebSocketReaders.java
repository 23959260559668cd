package io.heartline.gateway;

import io.heartline.events.Position;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Many WebSocket clients on one thread. Each can stop reading, and resumes after its connection was closed. */
public final class WebSocketReaders implements AutoCloseable {

    /**
     * The kernel's receive buffer in bytes, so that a client that has stopped reading has few likes unread. With less than 64 KB,
     * Linux can wait for a larger receive window when a client reads again. It then sends only 2 KB in 200 ms.
     */
    private static final int RECEIVE_BUFFER = 65_536;

    private final MultiThreadIoEventLoopGroup loop = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final Supplier<String> url;
    private final List<WebSocketReader> readers = new ArrayList<>();
    private volatile boolean closing;

    /**
     * Creates clients of a gateway or of several.
     *
     * @param url supplies the URL for each connection, such as {@code ws://127.0.0.1:8082}
     */
    public WebSocketReaders(Supplier<String> url) {
        this.url = url;
    }

    /**
     * Connects a client that starts at the log end.
     *
     * @param author the author to follow
     * @param likeListener receives the id of each like
     * @return the client
     */
    public WebSocketReader read(String author, Consumer<String> likeListener) {
        return read(author, null, "", likeListener);
    }

    /**
     * Connects a client.
     *
     * @param author the author to follow
     * @param after the position to resume after; null to start at the log end
     * @param query further parameters, such as {@code &post=p-1}
     * @param likeListener receives the id of each like
     * @return the client
     */
    public WebSocketReader read(String author, Position after, String query, Consumer<String> likeListener) {
        return connect(
                new WebSocketReader("/v1/authors/" + author + "/likes?", List.of(author), after, query, likeListener));
    }

    /**
     * Connects a client of several authors that starts at the log end.
     *
     * @param authors the authors to follow
     * @param likeListener receives the id of each like
     * @return the client
     */
    public WebSocketReader read(List<String> authors, Consumer<String> likeListener) {
        String url = "/v1/likes?author=" + String.join("&author=", authors) + "&";
        return connect(new WebSocketReader(url, List.copyOf(authors), null, "", likeListener));
    }

    private WebSocketReader connect(WebSocketReader reader) {
        readers.add(reader);
        reader.connect();
        return reader;
    }

    /**
     * The end of a connection.
     *
     * @param code the close code
     * @param nanos the time in nanoseconds by {@link System#nanoTime()}
     */
    public record Close(int code, long nanos) {}

    /** One client with all its connections. Only the one thread changes it. */
    public final class WebSocketReader extends FrameReader {

        private final String path;
        private final String query;
        /** The closes by the gateway, in order. */
        public final List<Close> closes = new CopyOnWriteArrayList<>();

        private volatile Channel channel;
        private volatile boolean leaving;

        private WebSocketReader(
                String path, List<String> authors, Position after, String query, Consumer<String> likeListener) {
            super(authors, after, likeListener);
            this.path = path;
            this.query = query;
        }

        @Override
        public boolean isSharable() {
            return true; // added to one connection after the other
        }

        private void connect() {
            URI address = URI.create(url.get() + path + beginConnection() + query);
            WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                    .webSocketUri(address)
                    .handleCloseFrames(false)
                    .withUTF8Validator(false) // it would take half of the test's work; WebSocketClient validates
                    .build();
            new Bootstrap()
                    .group(loop)
                    .channel(NioSocketChannel.class)
                    .option(ChannelOption.SO_RCVBUF, RECEIVE_BUFFER)
                    .handler(new ChannelInitializer<SocketChannel>() {
                        @Override
                        protected void initChannel(SocketChannel socket) {
                            channel = socket;
                            socket.closeFuture().addListener(gone -> reconnect());
                            socket.pipeline()
                                    .addLast(
                                            new HttpClientCodec(),
                                            new HttpObjectAggregator(8192),
                                            new WebSocketClientProtocolHandler(config),
                                            WebSocketReader.this);
                        }
                    })
                    .connect(address.getHost(), address.getPort());
        }

        private void reconnect() {
            if (!closing && !leaving) {
                loop.schedule(this::connect, ThreadLocalRandom.current().nextInt(50, 500), TimeUnit.MILLISECONDS);
            }
        }

        /** Stops reading from the socket. */
        public void stall() {
            channel.config().setAutoRead(false);
        }

        void disconnect() {
            leaving = true;
            channel.close();
        }

        /** Reads from the socket again. */
        public void resumeReading() {
            channel.config().setAutoRead(true);
        }

        @Override
        public String toString() {
            return super.toString() + ", closed with "
                    + closes.stream().map(Close::code).toList() + ", " + channel;
        }

        @Override
        protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
            if (frame instanceof CloseWebSocketFrame close) {
                closes.add(new Close(close.statusCode(), System.nanoTime()));
                context.close();
            } else if (frame instanceof TextWebSocketFrame) {
                receive(frame.content());
            }
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
            context.close(); // after a failure or a refusal it reconnects
        }
    }

    /**
     * Returns all clients.
     *
     * @return the clients in the order of their first connections
     */
    public List<WebSocketReader> all() {
        return readers;
    }

    @Override
    public void close() {
        closing = true;
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
