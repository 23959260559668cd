package io.heartline.gateway.http;

import io.heartline.web.page.ApiDescription;
import io.heartline.web.security.AccessRules;
import io.heartline.web.security.AuthorAccess;
import io.heartline.web.security.SecuritySettings;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;

@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    @Bean
    AuthorAccess likesAccess(SecuritySettings settings) {
        return new AuthorAccess("likes:read", settings);
    }

    @Bean
    AccessRules access(AuthorAccess likesAccess) {
        return rules -> rules.pathMatchers(LikesController.ONE_AUTHOR)
                .access(likesAccess)
                .pathMatchers(LikesController.SEVERAL_AUTHORS)
                .access(likesAccess.ofParameter("author"))
                .pathMatchers(ClientScriptController.PATH, ApiDescription.PATHS)
                .permitAll();
    }

    @Bean
    ApiDescription apiDescription() {
        return new ApiDescription("push-gateway", List.of("like-event", "frames"));
    }

    @Bean
    ServerAuthenticationConverter bearerTokens(HttpSettings settings) {
        return new BearerTokenConverter(settings.accessTokenParameter());
    }
}
