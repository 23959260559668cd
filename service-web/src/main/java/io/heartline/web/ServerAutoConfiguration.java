package io.heartline.web;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.annotation.Bean;
import reactor.netty.NettyPipeline;

/** What a service's server does about peers that are broken or mean no good, before any of the service's own code. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebSettings.class)
class ServerAutoConfiguration {

    @Bean
    WebServerFactoryCustomizer<NettyReactiveWebServerFactory> deadlines(WebSettings settings) {
        return factory -> factory.addServerCustomizers(
                server -> server.doOnChannelInit((observer, channel, remote) -> channel.pipeline()
                        .addAfter(
                                NettyPipeline.HttpCodec,
                                "heartline.deadline",
                                new RequestDeadline(settings.requestTimeout()))));
    }

    @Bean
    Unanswerable unanswerable() {
        return new Unanswerable();
    }
}
