package io.heartline.producer.http;

import io.heartline.producer.like.Problem;
import io.heartline.producer.limit.CallerRateLimits;
import io.heartline.producer.trace.RequestTracing;
import io.heartline.web.page.ApiDescription;
import io.heartline.web.problem.UnreadableRequestBody;
import io.heartline.web.security.AccessRules;
import io.heartline.web.security.ScopeRule;
import io.heartline.web.security.SecuritySettings;
import java.util.List;
import java.util.Map;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.handler.SimpleUrlHandlerMapping;

/** The beans of the HTTP edge: which handler serves a path, and which callers may use it. */
@Configuration(proxyBeanMethods = false)
class HttpConfiguration {

    private static final String LIKES = "/v1/likes";
    private static final int ORDER_BEFORE_ANNOTATIONS = -1;

    @Bean
    IngestRequestReader ingestRequestReader(
            CallerRateLimits rateLimits, RequestTracing tracing, SecuritySettings security) {
        return new IngestRequestReader(rateLimits, tracing, security.clockSkew());
    }

    @Bean
    SimpleUrlHandlerMapping likesMapping(LikesHandler handler, LikeUrlHandler urlHandler) {
        return new SimpleUrlHandlerMapping(
                Map.of(LIKES, handler, LikeUrlHandler.PATH, urlHandler), ORDER_BEFORE_ANNOTATIONS);
    }

    @Bean
    UnreadableRequestBody unreadableRequestBody() {
        return (status, requestId) -> Problem.of(status, status.getReasonPhrase(), "The request cannot be read.")
                .withInstance("urn:uuid:" + requestId)
                .json();
    }

    @Bean
    ApiDescription apiDescription() {
        return new ApiDescription("event-producer", List.of());
    }

    @Bean
    AccessRules accessRules() {
        return rules -> rules.pathMatchers(LIKES, LikeUrlHandler.PATH)
                .access(ScopeRule.anyOf("likes:write"))
                .pathMatchers("/problems/*", LikeSchemaController.PATH, ApiDescription.PATHS)
                .permitAll();
    }
}
