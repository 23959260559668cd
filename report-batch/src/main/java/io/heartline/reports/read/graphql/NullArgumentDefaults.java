package io.heartline.reports.read.graphql;

import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationFieldFetchParameters;
import graphql.schema.DataFetcher;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.DelegatingDataFetchingEnvironment;
import graphql.schema.GraphQLArgument;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * An instrumentation that replaces an explicit null for an argument by the argument's default in the schema. GraphQL
 * uses the default only for a missing argument. All data fetchers expect a value, also those of the introspection.
 */
final class NullArgumentDefaults extends SimplePerformantInstrumentation {

    @Override
    public DataFetcher<?> instrumentDataFetcher(
            DataFetcher<?> fetcher, InstrumentationFieldFetchParameters parameters, InstrumentationState state) {
        List<GraphQLArgument> arguments =
                parameters.getExecutionStepInfo().getFieldDefinition().getArguments();
        return arguments.stream().anyMatch(GraphQLArgument::hasSetDefaultValue)
                ? environment -> fetcher.get(withDefaults(environment, arguments))
                : fetcher;
    }

    private static DataFetchingEnvironment withDefaults(
            DataFetchingEnvironment environment, List<GraphQLArgument> arguments) {
        Map<String, Object> given = environment.getArguments();
        Map<String, Object> defaults = new HashMap<>();
        for (GraphQLArgument argument : arguments) {
            if (argument.hasSetDefaultValue() && given.get(argument.getName()) == null) {
                defaults.put(argument.getName(), GraphQLArgument.getArgumentDefaultValue(argument));
            }
        }
        return defaults.isEmpty() ? environment : new EnvironmentWithDefaults(environment, defaults);
    }

    private static final class EnvironmentWithDefaults extends DelegatingDataFetchingEnvironment {

        private final Map<String, Object> arguments;

        EnvironmentWithDefaults(DataFetchingEnvironment environment, Map<String, Object> defaults) {
            super(environment);
            arguments = new HashMap<>(environment.getArguments());
            arguments.putAll(defaults);
        }

        @Override
        public Map<String, Object> getArguments() {
            return arguments;
        }

        @Override
        public boolean containsArgument(String name) {
            return arguments.containsKey(name);
        }

        @SuppressWarnings("unchecked") // graphql-java's own environment does the same
        @Override
        public <T> T getArgument(String name) {
            return (T) arguments.get(name);
        }

        @SuppressWarnings("unchecked")
        @Override
        public <T> T getArgumentOrDefault(String name, T defaultValue) {
            return (T) arguments.getOrDefault(name, defaultValue);
        }
    }
}
