package io.heartline.reports.read.graphql;

import static io.heartline.events.FuzzTestBase.require;

import graphql.ExecutionInput;
import graphql.GraphQL;
import graphql.schema.DataFetcherFactories;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.GraphQLCodeRegistry;
import graphql.schema.GraphQLEnumType;
import graphql.schema.GraphQLList;
import graphql.schema.GraphQLNonNull;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLScalarType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.idl.RuntimeWiring;
import graphql.schema.idl.SchemaGenerator;
import graphql.schema.idl.SchemaParser;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import org.springframework.graphql.server.WebGraphQlRequest;
import org.springframework.http.HttpHeaders;
import org.springframework.util.LinkedMultiValueMap;
import reactor.core.publisher.Mono;

/** The execution of any GraphQL document stays within the maximum cost and time of one query. */
public final class QueryCostFuzz {

    private static final GraphQlConfiguration LIMITS = new GraphQlConfiguration();
    private static final ConcurrencyLimit NO_LIMIT =
            new ConcurrencyLimit(Integer.MAX_VALUE, exceeded -> new IllegalStateException());
    private static final GraphQL SERVICE =
            GraphQL.newGraphQL(schema()).instrumentation(LIMITS.queryLimits()).build();
    private static final long MAX_NANOS = 5_000_000_000L;
    private static final ThreadMXBean CLOCK = ManagementFactory.getThreadMXBean(); // CPU time, not elapsed time

    private static long spent;

    private QueryCostFuzz() {}

    /**
     * Executes one document.
     *
     * @param input the document in UTF-8
     */
    public static void fuzzerTestOneInput(byte[] input) {
        String document = new String(input, StandardCharsets.UTF_8);
        if (document.isBlank()) {
            return; // the service refuses a blank document earlier
        }
        spent = 0;
        long start = CLOCK.getCurrentThreadCpuTime();
        SERVICE.execute(limited(document));
        require(spent <= QueryCost.MAX_COST, "the reads do not exceed the maximum cost");
        require(CLOCK.getCurrentThreadCpuTime() - start < MAX_NANOS, "the execution does not exceed the maximum time");
    }

    /** Returns the input of the execution after the service's interceptor. */
    private static ExecutionInput limited(String document) {
        WebGraphQlRequest request = new WebGraphQlRequest(
                URI.create("/graphql"),
                new HttpHeaders(),
                new LinkedMultiValueMap<>(),
                null,
                Map.of(),
                Map.of("query", document),
                "1",
                Locale.ROOT);
        ExecutionInput[] input = new ExecutionInput[1];
        LIMITS.queryInterceptor(NO_LIMIT)
                .intercept(request, limited -> {
                    input[0] = limited.toExecutionInput();
                    return Mono.empty();
                })
                .block();
        return input[0];
    }

    private static GraphQLSchema schema() {
        RuntimeWiring.Builder wiring = RuntimeWiring.newRuntimeWiring();
        LIMITS.scalars().configure(wiring);
        wiring.codeRegistry(GraphQLCodeRegistry.newCodeRegistry()
                .defaultDataFetcher(DataFetcherFactories.useDataFetcher(QueryCostFuzz::fetch)));
        try (InputStream schema = QueryCostFuzz.class.getResourceAsStream("/graphql/schema.graphqls")) {
            return new SchemaGenerator()
                    .makeExecutableSchema(
                            new SchemaParser().parse(new InputStreamReader(schema, StandardCharsets.UTF_8)),
                            wiring.build());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Adds the cost of the field, and returns the longest possible value. */
    private static Object fetch(DataFetchingEnvironment field) {
        spent += switch (field.getFieldDefinition().getName()) {
            case "weeklyReports" -> 100 + 53 * 25;
            case "weeklyReport", "topAuthors" -> 100;
            case "summary" -> 100 + 53 * (25 + 50);
            case "weekPosts" -> 150;
            case "likersReturning", "likersReturningError" -> 51;
            default -> 1;
        };
        require(spent <= QueryCost.MAX_COST, "the reads do not exceed the maximum cost");
        int length =
                switch (field.getFieldDefinition().getName()) {
                    case "weeklyReports" -> 53;
                    case "topAuthors" ->
                        field.getArgument("first") instanceof Integer first ? Math.max(0, Math.min(first, 1_000)) : 0;
                    case "items" ->
                        field.getExecutionStepInfo().getParent().getArgument("first") instanceof Integer first
                                ? Math.max(0, Math.min(first, 1_000))
                                : 0;
                    case "byWeek" -> 53;
                    case "byMonth" -> 14;
                    case "byDay" -> isInSummary(field) ? 371 : 7;
                    default -> 10;
                };
        return value(field.getFieldDefinition().getType(), length);
    }

    private static boolean isInSummary(DataFetchingEnvironment field) {
        return field.getParentType() instanceof GraphQLObjectType parent
                && parent.getName().equals("Summary");
    }

    private static Object value(GraphQLType type, int length) {
        if (type instanceof GraphQLNonNull some) {
            return value(some.getWrappedType(), length);
        }
        if (type instanceof GraphQLList many) {
            return Collections.nCopies(length, value(many.getWrappedType(), 0));
        }
        if (type instanceof GraphQLEnumType) {
            return ((GraphQLEnumType) type).getValues().get(0).getValue();
        }
        return type instanceof GraphQLScalarType ? (Object) 1 : Map.of();
    }
}
