package io.heartline.reports.read;

import graphql.GraphQLContext;
import graphql.execution.instrumentation.Instrumentation;
import graphql.parser.ParserOptions;
import graphql.schema.Coercing;
import graphql.schema.GraphQLScalarType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.io.buffer.DataBufferLimitException;
import org.springframework.graphql.execution.RuntimeWiringConfigurer;
import org.springframework.graphql.server.WebGraphQlHandler;
import org.springframework.graphql.server.WebGraphQlInterceptor;
import org.springframework.graphql.server.webflux.GraphQlSseHandler;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.NotAcceptableStatusException;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

@Configuration(proxyBeanMethods = false)
class GraphQlConfiguration {

    private static final int MOST_CHARACTERS = 16 * 1024;
    private static final int MOST_TOKENS = 2_000;

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

    @Bean
    Instrumentation nullArguments() {
        return new NullArguments();
    }

    /** Limits the size of a query before it is parsed, and gives back the permit that it takes, however the request ends. */
    @Bean
    WebGraphQlInterceptor size(Places heavyQueries) {
        return (request, chain) -> Mono.using(
                () -> new QueryPlace(heavyQueries),
                place -> {
                    request.configureExecutionInput((input, builder) -> builder.graphQLContext(
                                    Map.of(ParserOptions.class, LIMITS, QueryPlace.class, place))
                            .build());
                    return chain.next(request);
                },
                QueryPlace::giveBack);
    }

    /** There are no subscriptions. Spring's own would log whatever comes this way, each time by a logger of a new name. */
    @Bean
    @ConditionalOnWebApplication // commands answer nobody
    GraphQlSseHandler noEventStreams(WebGraphQlHandler queries) {
        return new GraphQlSseHandler(queries) {
            @Override
            public Mono<ServerResponse> handleRequest(ServerRequest request) {
                return Mono.error(new NotAcceptableStatusException(List.of(MediaType.APPLICATION_JSON)));
            }
        };
    }

    /** A body over {@code spring.http.codecs.max-in-memory-size}, which is the reader's fault and not this service's. */
    @Bean
    WebFilter bodySize() {
        return (exchange, chain) -> chain.filter(exchange)
                .onErrorMap(
                        DataBufferLimitException.class,
                        e -> new ResponseStatusException(HttpStatus.CONTENT_TOO_LARGE, "The body is too large.", e));
    }
}
