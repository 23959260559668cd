package io.heartline.web.security;

import org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration;
import org.springframework.boot.actuate.autoconfigure.web.ManagementContextType;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/**
 * Replaces the {@link HostFilter} on the actuator's own port, where no token is checked in either mode. Registered in
 * {@code META-INF/spring}.
 */
@ManagementContextConfiguration(value = ManagementContextType.CHILD, proxyBeanMethods = false)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ManagementPortConfiguration {

    /** Has the name of the service's own filter, which would also apply here otherwise. */
    @Bean
    HostFilter hostFilter(SecuritySettings settings) {
        return new HostFilter(new AllowedHosts(settings.allowedHosts()));
    }
}
