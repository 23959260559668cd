package io.heartline.bench;

import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelPipeline;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.codec.http.websocketx.WebSocketVersion;

/** What all clients of WebSockets have in common: whom they ask, and what stands between the wire and whoever reads frames. */
final class SocketClient {

    private static final int LARGEST_ANSWER = 8192;

    private SocketClient() {}

    static WebSocketClientProtocolConfig.Builder to(String url) {
        return WebSocketClientProtocolConfig.newBuilder()
                .webSocketUri(url)
                .version(WebSocketVersion.V13)
                .customHeaders(new DefaultHttpHeaders());
    }

    static void add(ChannelPipeline pipeline, WebSocketClientProtocolConfig config, ChannelHandler reader) {
        pipeline.addLast(
                new HttpClientCodec(),
                new HttpObjectAggregator(LARGEST_ANSWER),
                new WebSocketClientProtocolHandler(config),
                reader);
    }
}
