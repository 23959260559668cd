package io.heartline.web;

import java.time.Duration;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.cloud.CloudPlatform;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.boot.web.server.autoconfigure.ServerProperties;
import org.springframework.boot.web.server.autoconfigure.ServerProperties.ForwardHeadersStrategy;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import reactor.netty.NettyPipeline;

/** What a service's server does about peers that are broken or mean no good, before any of the service's own code. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebSettings.class)
class ServerAutoConfiguration {

    private static final Duration LINGER = Duration.ofSeconds(5);

    /** What is put behind the codec of HTTP/1.1 is nowhere then, and every connection would fail. */
    @Bean
    static BeanFactoryPostProcessor oneProtocol(Environment environment) {
        return beans -> {
            if (environment.getProperty("server.http2.enabled", boolean.class, false)) {
                throw new InvalidConfigurationPropertyValueException(
                        "server.http2.enabled",
                        true,
                        "HTTP/1.1 is all that is spoken here. A proxy in front may speak HTTP/2.");
            }
        };
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> strictness() {
        StrictRequests strict = new StrictRequests();
        return factory -> factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "heartline.strict", strict)));
    }

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> lingering() {
        return factory -> factory.addServerCustomizers(server -> server.doOnChannelInit((observer, channel, remote) ->
                channel.pipeline().addAfter(NettyPipeline.HttpCodec, "heartline.linger", new LingeringClose(LINGER))));
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
                                new AnswerDeadline(settings.requestTimeout()))));
    }

    /** Replaces the handlers of Reactor Netty and Spring, which believe a client's {@code Forwarded}. */
    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> forwardedHeaders(
            Environment environment, ServerProperties properties, WebSettings settings) {
        ForwardHeadersStrategy strategy = properties.getForwardHeadersStrategy();
        if (strategy == ForwardHeadersStrategy.FRAMEWORK) {
            throw new InvalidConfigurationPropertyValueException(
                    "server.forward-headers-strategy",
                    strategy,
                    "It would believe what clients send as Forwarded. Set it to native behind a proxy, otherwise to none.");
        }
        CloudPlatform platform = CloudPlatform.getActive(environment);
        boolean isOn = strategy == null
                ? platform != null && platform.isUsingForwardHeaders()
                : strategy == ForwardHeadersStrategy.NATIVE;
        ForwardedHeaders headers = new ForwardedHeaders(settings.trustedProxies());
        return factory -> {
            if (isOn) {
                factory.addServerCustomizers(server -> server.forwarded(headers));
            }
        };
    }

    @Bean
    NoSniff noSniff() {
        return new NoSniff();
    }

    @Bean
    UrlTokens urlTokens() {
        return new UrlTokens();
    }

    @Bean
    Unanswerable unanswerable() {
        return new Unanswerable();
    }
}
