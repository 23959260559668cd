package io.heartline.reports.read;

import graphql.GraphQLContext;
import graphql.execution.instrumentation.Instrumentation;
import graphql.parser.ParserOptions;
import graphql.schema.Coercing;
import graphql.schema.GraphQLScalarType;
import io.heartline.reports.audit.AuditTrail;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;
import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.json.JsonMapper;

@Configuration(proxyBeanMethods = false)
class GraphQlConfiguration {

    private static final int MOST_CHARACTERS = 16 * 1024;
    private static final int MOST_TOKENS = 2_000;
    private static final int BEFORE_SPRINGS = -1;

    private static final ParserOptions LIMITS = ParserOptions.newParserOptions()
            .maxCharacters(MOST_CHARACTERS)
            .maxTokens(MOST_TOKENS)
            .build();

    @Bean
    RuntimeWiringConfigurer scalars() {
        return wiring -> wiring.scalar(scalar("Long", Function.identity()))
                .scalar(scalar("Date", Object::toString))
                .scalar(scalar("DateTime", Object::toString));
    }

    /** For answers only: no argument is of such a type. */
    private static GraphQLScalarType scalar(String name, Function<Object, Object> written) {
        return GraphQLScalarType.newScalar()
                .name(name)
                .coercing(new Coercing<>() {
                    @Override
                    public Object serialize(Object value, GraphQLContext context, Locale locale) {
                        return written.apply(value);
                    }
                })
                .build();
    }

    @Bean
    Instrumentation limits() {
        return new QueryLimits();
    }

    /** Limits the size of a query before it is parsed, and gives back the permit that it takes, however the request ends. */
    @Bean
    WebGraphQlInterceptor size(Places heavyQueries) {
        return (request, chain) -> Mono.using(
                () -> new QueryPlace(heavyQueries),
                place -> {
                    request.configureExecutionInput((input, builder) -> builder.graphQLContext(Map.of(
                                    ParserOptions.class,
                                    LIMITS,
                                    QueryPlace.class,
                                    place,
                                    AuditTrail.class,
                                    AuditTrail.of(request.getAttributes())))
                            .build());
                    return chain.next(request);
                },
                QueryPlace::giveBack);
    }

    @Bean
    Instrumentation nullArguments() {
        return new NullArguments();
    }

    /** Takes every request for its path, so that Spring's own handlers receive none. */
    @Bean
    @Order(BEFORE_SPRINGS)
    @ConditionalOnWebApplication // a command answers no requests
    RouterFunction<ServerResponse> graphQlRequests(WebGraphQlHandler queries, JsonMapper json) {
        return RouterFunctions.route(
                RequestPredicates.path(GraphQlRequests.PATH), new GraphQlRequests(queries, json)::handle);
    }
}
