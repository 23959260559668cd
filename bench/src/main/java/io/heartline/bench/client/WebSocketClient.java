package io.heartline.bench.client;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelPipeline;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler.ClientHandshakeStateEvent;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

/** The client's end of a WebSocket. The thread of the connections calls all methods. */
abstract class WebSocketClient extends SimpleChannelInboundHandler<WebSocketFrame> {

    private static final int MAX_ANSWER_BYTES = 8192;

    /** Called after the handshake. */
    void opened(ChannelHandlerContext context) {}

    /** Called with each text frame, which is released afterwards. */
    abstract void received(ByteBuf text, ChannelHandlerContext context);

    /** Called if the handshake is refused or the connection breaks. */
    @Override
    public abstract void exceptionCaught(ChannelHandlerContext context, Throwable e);

    /**
     * Adds itself to the pipeline of a new connection, after the handlers of a WebSocket.
     *
     * @param subprotocol to offer; null for none
     * @param headers to add to the handshake
     */
    void addTo(ChannelPipeline pipeline, String url, String subprotocol, HttpHeaders headers) {
        WebSocketClientProtocolConfig config = WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(url)
                .version(WebSocketVersion.V13)
                .subprotocol(subprotocol)
                .customHeaders(headers)
                .build();
        pipeline.addLast(
                new HttpClientCodec(),
                new HttpObjectAggregator(MAX_ANSWER_BYTES),
                new WebSocketClientProtocolHandler(config),
                this);
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event == ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
            opened(context);
        }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, WebSocketFrame frame) {
        if (frame instanceof TextWebSocketFrame) {
            received(frame.content(), context);
        }
    }
}
