package io.heartline.bench;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;
import java.net.URI;

/** One who is told over a WebSocket. */
final class SocketReader extends SimpleChannelInboundHandler<WebSocketFrame> {

    private final Readers readers;
    private boolean greeted;

    private SocketReader(Readers readers) {
        this.readers = readers;
    }

    static void open(Readers readers, String author) {
        URI server = readers.server();
        HttpHeaders headers = Readers.likeABrowser(new DefaultHttpHeaders(), server);
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(URI.create("ws://" + server.getAuthority() + "/v1/authors/" + author + "/likes"))
                .version(WebSocketVersion.V13)
                .customHeaders(headers.remove("Host").remove("Connection").remove("Origin"))
                .build();
        readers.told.requests.increment();
        readers.connect(pipeline -> pipeline.addLast(
                        new HttpClientCodec(),
                        new HttpObjectAggregator(8192),
                        new WebSocketClientProtocolHandler(config),
                        new SocketReader(readers)))
                .addListener(done -> {
                    if (!done.isSuccess()) {
                        readers.fail(done.cause());
                    }
                });
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (!(frame instanceof TextWebSocketFrame)) {
            return;
        }
        int like = Due.next(frame.content(), frame.content().readerIndex());
        if (like >= 0) {
            readers.told.like(Due.at(frame.content(), like));
        } else if (!greeted) {
            greeted = true;
            readers.greeted();
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        readers.fail(new CannotMeasureException("a WebSocket was closed"));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable e) {
        readers.fail(e);
    }
}
