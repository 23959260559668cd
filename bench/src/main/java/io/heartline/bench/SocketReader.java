package io.heartline.bench;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
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
        WebSocketClientProtocolConfig config = SocketClient.to(
                        "ws://" + server.getAuthority() + "/v1/authors/" + author + "/likes")
                .customHeaders(headers.remove("Host").remove("Connection").remove("Origin"))
                .build();
        readers.told.requests.increment();
        readers.connect(pipeline -> SocketClient.add(pipeline, config, new SocketReader(readers)))
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
