package io.heartline.reports.read.graphql;

import graphql.GraphQLContext;
import graphql.execution.instrumentation.Instrumentation;
import graphql.parser.ParserOptions;
import graphql.schema.Coercing;
import graphql.schema.GraphQLScalarType;
import io.heartline.reports.audit.AuditedReads;
import io.heartline.web.limit.ConcurrencyLimit;
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

    private static final int MAX_CHARACTERS = 16 * 1024;
    private static final int MAX_TOKENS = 2_000;
    private static final int BEFORE_SPRING = -1;

    private static final ParserOptions PARSER_OPTIONS = ParserOptions.newParserOptions()
            .maxCharacters(MAX_CHARACTERS)
            .maxTokens(MAX_TOKENS)
            .build();

    @Bean
    RuntimeWiringConfigurer scalars() {
        return wiring -> wiring.scalar(scalar("Long", Function.identity()))
                .scalar(scalar("Date", Object::toString))
                .scalar(scalar("DateTime", Object::toString));
    }

    /** Returns a scalar for responses only, because no argument has such a type. */
    private static GraphQLScalarType scalar(String name, Function<Object, Object> serializer) {
        return GraphQLScalarType.newScalar()
                .name(name)
                .coercing(new Coercing<>() {
                    @Override
                    public Object serialize(Object value, GraphQLContext context, Locale locale) {
                        return serializer.apply(value);
                    }
                })
                .build();
    }

    @Bean
    Instrumentation queryLimits() {
        return new QueryLimits();
    }

    /**
     * Limits the size of a query before it is parsed. Releases the permit of a heavy query when the request completes,
     * fails or is cancelled.
     */
    @Bean
    WebGraphQlInterceptor queryInterceptor(ConcurrencyLimit heavyQueries) {
        return (request, chain) -> Mono.using(
                () -> new HeavyQueryPermit(heavyQueries),
                permit -> {
                    request.configureExecutionInput((input, builder) -> builder.graphQLContext(Map.of(
                                    ParserOptions.class,
                                    PARSER_OPTIONS,
                                    HeavyQueryPermit.class,
                                    permit,
                                    AuditedReads.class,
                                    AuditedReads.of(request.getAttributes())))
                            .build());
                    return chain.next(request);
                },
                HeavyQueryPermit::release);
    }

    @Bean
    Instrumentation nullArgumentDefaults() {
        return new NullArgumentDefaults();
    }

    /** Takes every request for its path, so that Spring's own handlers receive none. */
    @Bean
    @Order(BEFORE_SPRING)
    @ConditionalOnWebApplication // a command answers no requests
    RouterFunction<ServerResponse> graphQlEndpoint(WebGraphQlHandler handler, JsonMapper json) {
        return RouterFunctions.route(
                RequestPredicates.path(GraphQlEndpoint.PATH), new GraphQlEndpoint(handler, json)::handle);
    }
}
