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

/** What a service's server does about peers that are broken or mean no good, before any of the service's own code. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@EnableConfigurationProperties(WebSettings.class)
@Import(ServerHandlerConfiguration.class)
class ServerAutoConfiguration {

    /** What is put behind the codec of HTTP/1.1 is nowhere then, and every connection would fail. */
    @Bean
    static BeanFactoryPostProcessor refuseHttp2(Environment environment) {
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
