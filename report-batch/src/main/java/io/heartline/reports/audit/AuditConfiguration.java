package io.heartline.reports.audit;

import io.heartline.web.security.AuthorAccess;
import io.heartline.web.security.SecuritySettings;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AuditConfiguration {

    @Bean
    AuditLog auditLog() {
        return new AuditLog();
    }

    @Bean
    @ConditionalOnWebApplication // a command answers no requests
    AuditFilter auditFilter(AuditLog log, AuthorAccess access, SecuritySettings settings) {
        return new AuditFilter(log, access, settings.mode() == SecuritySettings.Mode.OPEN);
    }
}
