package io.heartline.reports;

import io.heartline.web.Access;
import io.heartline.web.AuthorAccess;
import io.heartline.web.Scope;
import io.heartline.web.SecuritySettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

@Configuration(proxyBeanMethods = false)
class AccessConfiguration {

    @Bean
    AuthorAccess reportAccess(SecuritySettings settings) {
        return new AuthorAccess("reports:read", settings);
    }

    /** GraphQL's queries ask {@link AuthorAccess} one by one, as several may come at once. */
    @Bean
    Access access(AuthorAccess reports) {
        return rules -> rules.pathMatchers("/v1/authors/{authorId}/reports", "/v1/authors/{authorId}/reports/{week}")
                .access(reports)
                .pathMatchers("/v1/authors/{authorId}")
                .access(Scope.anyOf("reports:erase"))
                .pathMatchers("/v1/reports/**")
                .access(Scope.anyOf("reports:read:any"))
                .pathMatchers("/v1/runs", "/v1/runs/{id}")
                .access(Scope.anyOf("reports:run"))
                .pathMatchers("/graphql")
                .access(Scope.anyOf("reports:read", "reports:read:any"))
                .pathMatchers("/", "/page/**", "/graphiql")
                .permitAll();
    }
}
