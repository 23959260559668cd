package io.heartline.web.security;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;
import org.springframework.security.web.server.SecurityWebFilterChain;

/** For every service that has this module, so that none can be open without being asked whether it may. */
@AutoConfiguration
@EnableConfigurationProperties(SecuritySettings.class)
class SecurityAutoConfiguration {

    /** Before the first bean is made, and so before anything listens, or Kafka or MongoDB hear of us. */
    @Bean
    @ConditionalOnWebApplication // the batch's commands listen nowhere
    static BeanFactoryPostProcessor modeCheck(Environment environment) {
        return beans -> {
            SecuritySettings settings =
                    Binder.get(environment).bindOrCreate("heartline.security", SecuritySettings.class);
            new AllowedHosts(settings.allowedHosts()); // throws if an entry is not a name
            switch (settings.mode()) {
                case OPEN -> OpenModeCheck.check(environment, settings.openBeyondLoopback());
                case JWT -> {
                    TokenModeCheck.check(environment);
                    requireFilterChain(beans);
                }
            }
        };
    }

    /** Whoever reads the mode a little differently than we do must not leave the service open. */
    private static void requireFilterChain(ConfigurableListableBeanFactory beans) {
        if (beans.getBeanNamesForType(SecurityWebFilterChain.class, true, false).length == 0) {
            throw new IllegalStateException("heartline.security.mode is jwt, and nothing checks tokens");
        }
    }

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    OriginFilter originFilter(SecuritySettings settings) {
        return new OriginFilter(settings.allowedOrigins());
    }

    @Bean
    @ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
    HostFilter hostFilter(SecuritySettings settings) {
        boolean isOpen = settings.mode() == SecuritySettings.Mode.OPEN;
        return new HostFilter(isOpen ? new AllowedHosts(settings.allowedHosts()) : null);
    }
}
