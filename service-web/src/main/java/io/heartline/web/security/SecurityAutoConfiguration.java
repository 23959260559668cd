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

/** The checks of every service with this module, so that no service starts in open mode by mistake. */
@AutoConfiguration
@EnableConfigurationProperties(SecuritySettings.class)
class SecurityAutoConfiguration {

    /** Checks the settings before the first bean exists, and so before the service listens or connects to Kafka and MongoDB. */
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

    /** Fails if Spring reads the mode differently than this module, because the service would then check no tokens. */
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
