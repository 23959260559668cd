package io.heartline.reports.http;

import io.heartline.web.page.ApiDescription;
import io.heartline.web.security.AccessRules;
import io.heartline.web.security.AuthorAccess;
import io.heartline.web.security.ScopeRule;
import io.heartline.web.security.SecuritySettings;
import java.util.List;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    @Bean
    ApiDescription apiDescription() {
        return new ApiDescription("report-batch", List.of("like-event"));
    }

    @Bean
    AuthorAccess reportAccess(SecuritySettings settings) {
        return new AuthorAccess("reports:read", settings);
    }

    /**
     * Sets the scopes that each path needs. Each GraphQL query is checked by {@link AuthorAccess}, because one request
     * can contain several queries.
     */
    @Bean
    AccessRules access(AuthorAccess reports) {
        return rules -> rules.pathMatchers(
                        "/v1/authors/{authorId}/reports",
                        "/v1/authors/{authorId}/reports/{week}",
                        "/v1/authors/{authorId}/reports/{week}/posts",
                        "/v1/authors/{authorId}/summary")
                .access(reports)
                .pathMatchers("/v1/authors/{authorId}", "/v1/authors/{authorId}/likers/{likerId}")
                .access(ScopeRule.anyOf("reports:erase"))
                .pathMatchers("/v1/reports/**")
                .access(ScopeRule.anyOf("reports:read:any"))
                .pathMatchers("/v1/runs", "/v1/runs/{id}")
                .access(ScopeRule.anyOf("reports:run"))
                .pathMatchers("/graphql")
                .access(ScopeRule.anyOf("reports:read", "reports:read:any"))
                .pathMatchers("/", "/page/**", "/graphiql/**", ApiDescription.PATHS)
                .permitAll();
    }
}
