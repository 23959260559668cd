package io.heartline.web.server;

import java.time.Duration;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import reactor.netty.NettyPipeline;

/** The handlers of each connection. Imported for each port, because a service's customizers do not apply to the actuator's own port. */
@Configuration(proxyBeanMethods = false)
class ServerHandlerConfiguration {

    private static final Duration LINGERING_CLOSE_TIMEOUT = Duration.ofSeconds(5);

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> strictRequests() {
        StrictRequests strict = new StrictRequests();
        return factory -> factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "heartline.strict", strict)));
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> lingeringClose() {
        return factory -> factory.addServerCustomizers(
                server -> server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(
                                NettyPipeline.HttpCodec,
                                "heartline.linger",
                                new LingeringClose(LINGERING_CLOSE_TIMEOUT))));
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> deadlines(WebSettings settings) {
        return factory -> factory.addServerCustomizers(
                server -> server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(
                                NettyPipeline.HttpCodec,
                                "heartline.deadline",
                                new RequestDeadline(settings.requestTimeout()))
                        .addAfter(
                                NettyPipeline.HttpCodec,
                                "heartline.answer-deadline",
                                new ResponseDeadline(settings.requestTimeout()))));
    }

    /** Replaces the handlers of Reactor Netty and Spring, which trust a client's {@code Forwarded}. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> forwardedHeaders(
            Environment environment, ServerProperties properties, WebSettings settings) {
        ForwardHeadersStrategy strategy = properties.getForwardHeadersStrategy();
        if (strategy == ForwardHeadersStrategy.FRAMEWORK) {
            throw new InvalidConfigurationPropertyValueException(
                    "server.forward-headers-strategy",
                    strategy,
                    "It would trust the header Forwarded of any client. Set it to native if there is a proxy, otherwise to none.");
        }
        CloudPlatform platform = CloudPlatform.getActive(environment);
        boolean isEnabled = strategy == null
                ? platform != null && platform.isUsingForwardHeaders()
                : strategy == ForwardHeadersStrategy.NATIVE;
        ForwardedHeaders headers = new ForwardedHeaders(settings.trustedProxies());
        return factory -> {
            if (isEnabled) {
                factory.addServerCustomizers(server -> server.forwarded(headers));
            }
        };
    }
}
