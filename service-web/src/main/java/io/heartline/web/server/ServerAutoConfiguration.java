package io.heartline.web.server;

import io.heartline.web.request.UrlTokens;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.source.InvalidConfigurationPropertyValueException;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.env.Environment;

/** The protection of a service's server against broken and hostile peers, which acts before the code of the service. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebSettings.class)
@Import(ServerHandlerConfiguration.class)
class ServerAutoConfiguration {

    /** Refuses to start with HTTP/2, because every connection would fail: the handlers are placed after the codec of HTTP/1.1. */
    @Bean
    static BeanFactoryPostProcessor refuseHttp2(Environment environment) {
        return beans -> {
            if (environment.getProperty("server.http2.enabled", boolean.class, false)) {
                throw new InvalidConfigurationPropertyValueException(
                        "server.http2.enabled",
                        true,
                        "This service supports HTTP/1.1 only. A proxy in front may support HTTP/2.");
            }
        };
    }

    @Bean
    NoSniffFilter noSniffFilter() {
        return new NoSniffFilter();
    }

    @Bean
    UrlTokens urlTokens() {
        return new UrlTokens();
    }

    @Bean
    DisconnectedClients disconnectedClients() {
        return new DisconnectedClients();
    }
}
