package io.heartline.gateway.transport;

import io.heartline.gateway.stream.metrics.GatewayMetrics;
import io.netty.channel.ChannelOption;
import io.netty.util.internal.PlatformDependent;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.unit.DataSize;
import org.springframework.web.reactive.socket.server.WebSocketService;
import org.springframework.web.reactive.socket.server.support.HandshakeWebSocketService;

@Configuration(proxyBeanMethods = false)
class TransportConfiguration {

    @Bean
    OutboundBufferLimit outboundBufferLimit(TransportSettings settings, GatewayMetrics metrics) {
        DataSize maxBytes = settings.unreadBuffers();
        // Netty's own limit on direct memory, which is the JVM's unless io.netty.maxDirectMemory is set
        return new OutboundBufferLimit(
                maxBytes == null ? PlatformDependent.maxDirectMemory() / 2 : maxBytes.toBytes(),
                settings.answerStallTimeout(),
                metrics);
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> channelOptions(
            TransportSettings settings, OutboundBufferLimit outboundBufferLimit) {
        int sendBuffer = Math.toIntExact(settings.sendBuffer().toBytes());
        return factory -> factory.addServerCustomizers(server -> server.childOption(ChannelOption.SO_SNDBUF, sendBuffer)
                .doOnChannelInit((observer, channel, remote) ->
                        channel.pipeline().addFirst(outboundBufferLimit.newChannelHandler())));
    }

    @Bean
    WebSocketService webSocketService() {
        return new HandshakeWebSocketService(new WebSocketUpgrade());
    }
}
