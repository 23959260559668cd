package io.heartline.reports.page;

import java.io.IOException;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBooleanProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** Serves GraphiQL if Spring's setting for it is true. */
@Configuration(proxyBeanMethods = false)
@ConditionalOnWebApplication // a command answers no requests
@ConditionalOnBooleanProperty(GraphiqlConfiguration.ENABLED)
class GraphiqlConfiguration {

    static final String ENABLED = "spring.graphql.graphiql.enabled";

    private static final int BEFORE_SPRING = -1;

    /** Takes every request for its paths, so that Spring's page receives none. That page loads scripts of another origin. */
    @Bean
    @Order(BEFORE_SPRING)
    RouterFunction<ServerResponse> graphiql() throws IOException {
        GraphiqlEndpoint endpoint = new GraphiqlEndpoint(new GraphiqlFiles());
        return RouterFunctions.route(RequestPredicates.path(GraphiqlEndpoint.PAGE), endpoint::page)
                .andRoute(RequestPredicates.path(GraphiqlEndpoint.FILE), endpoint::file);
    }
}
