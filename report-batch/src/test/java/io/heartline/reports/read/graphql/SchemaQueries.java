package io.heartline.reports.read.graphql;

import graphql.schema.GraphQLArgument;
import graphql.schema.GraphQLFieldDefinition;
import graphql.schema.GraphQLObjectType;
import graphql.schema.GraphQLSchema;
import graphql.schema.GraphQLType;
import graphql.schema.GraphQLTypeUtil;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Generates queries from a schema and its introspection: one for each optional argument, and random queries. */
final class SchemaQueries {

    private static final int MAX_DEPTH = 3;

    private final GraphQLSchema schema;
    private final Map<String, List<String>> values;

    /** @param values the candidate values of each argument, by its name, as GraphQL literals */
    SchemaQueries(GraphQLSchema schema, Map<String, List<String>> values) {
        this.schema = schema;
        this.values = values;
    }

    /** A query and its variables. */
    record GeneratedQuery(String query, Map<String, Object> variables) {}

    private List<GraphQLFieldDefinition> fields(GraphQLObjectType type) {
        return type == schema.getQueryType()
                ? Stream.concat(
                                type.getFieldDefinitions().stream(),
                                Stream.of(
                                        schema.getIntrospectionSchemaFieldDefinition(),
                                        schema.getIntrospectionTypeFieldDefinition()))
                        .toList()
                : type.getFieldDefinitions();
    }

    /**
     * Returns, for each optional argument of a field, a query with null as a literal and a query with null as a variable.
     */
    Map<String, GeneratedQuery> nullForEachOptionalArgument() {
        Map<String, GeneratedQuery> generated = new LinkedHashMap<>();
        pathsToTypes().forEach((type, path) -> fields(type).forEach(field -> field.getArguments().stream()
                .filter(SchemaQueries::isOptional)
                .forEach(argument -> {
                    String name = type.getName() + "." + field.getName() + "." + argument.getName();
                    generated.put(name + " literally", with(path, field, argument, "null", Map.of()));
                    Map<String, Object> variable = new HashMap<>();
                    variable.put("v", null);
                    generated.put(name + " by variable", with(path, field, argument, "$v", variable));
                })));
        return generated;
    }

    private static boolean isOptional(GraphQLArgument argument) {
        return !GraphQLTypeUtil.isNonNull(argument.getType());
    }

    private GeneratedQuery with(
            List<GraphQLFieldDefinition> path,
            GraphQLFieldDefinition field,
            GraphQLArgument argument,
            String value,
            Map<String, Object> variables) {
        String arguments = Stream.concat(required(field), Stream.of(argument.getName() + ":" + value))
                .collect(Collectors.joining(",", "(", ")"));
        String declared =
                variables.isEmpty() ? "" : "query($v:" + GraphQLTypeUtil.simplePrint(argument.getType()) + ")";
        StringBuilder query = new StringBuilder(declared).append('{');
        path.forEach(
                step -> query.append(step.getName()).append(requiredOnly(step)).append('{'));
        query.append(field.getName()).append(arguments).append(isLeaf(field) ? "" : "{__typename}");
        return new GeneratedQuery(query + "}".repeat(path.size() + 1), variables);
    }

    /** Returns the shortest path of fields to each object type. */
    private Map<GraphQLObjectType, List<GraphQLFieldDefinition>> pathsToTypes() {
        Map<GraphQLObjectType, List<GraphQLFieldDefinition>> paths = new LinkedHashMap<>();
        Deque<GraphQLObjectType> remaining = new ArrayDeque<>(List.of(schema.getQueryType()));
        paths.put(schema.getQueryType(), List.of());
        while (!remaining.isEmpty()) {
            GraphQLObjectType type = remaining.remove();
            for (GraphQLFieldDefinition field : fields(type)) {
                if (object(field) != null && !paths.containsKey(object(field))) {
                    List<GraphQLFieldDefinition> path = new ArrayList<>(paths.get(type));
                    path.add(field);
                    paths.put(object(field), path);
                    remaining.add(object(field));
                }
            }
        }
        return paths;
    }

    private static GraphQLObjectType object(GraphQLFieldDefinition field) {
        return GraphQLTypeUtil.unwrapAll(field.getType()) instanceof GraphQLObjectType type ? type : null;
    }

    private static boolean isLeaf(GraphQLFieldDefinition field) {
        return object(field) == null;
    }

    private Stream<String> required(GraphQLFieldDefinition field) {
        return field.getArguments().stream()
                .filter(argument -> !isOptional(argument))
                .map(argument -> argument.getName() + ":"
                        + values.get(argument.getName()).get(0));
    }

    private String requiredOnly(GraphQLFieldDefinition field) {
        String arguments = required(field).collect(Collectors.joining(","));
        return arguments.isEmpty() ? "" : "(" + arguments + ")";
    }

    /** Returns a valid query of random fields, with values, nulls and variables for their arguments. */
    GeneratedQuery randomQuery(Random random) {
        return new RandomQuery(random).query();
    }

    private final class RandomQuery {

        private final Random random;
        private final Map<String, Object> variables = new LinkedHashMap<>();
        private final List<String> declared = new ArrayList<>();
        private final Set<String> names = new HashSet<>();

        RandomQuery(Random random) {
            this.random = random;
        }

        GeneratedQuery query() {
            String selection = selection(schema.getQueryType(), 0);
            String head = declared.isEmpty() ? "" : declared.stream().collect(Collectors.joining(",", "query(", ")"));
            return new GeneratedQuery(head + selection, variables);
        }

        private String selection(GraphQLObjectType type, int depth) {
            StringBuilder selection = new StringBuilder("{__typename");
            int count = 1 + random.nextInt(3);
            List<GraphQLFieldDefinition> fields = fields(type);
            for (int i = 0; i < count; i++) {
                GraphQLFieldDefinition field = fields.get(random.nextInt(fields.size()));
                GraphQLObjectType object = object(field);
                boolean isIntrospection = field.getName().startsWith("__"); // at most one of each is accepted
                if (object != null && depth == MAX_DEPTH || isIntrospection && !names.add(field.getName())) {
                    continue;
                }
                selection
                        .append(" f")
                        .append(declared.size())
                        .append('_')
                        .append(depth)
                        .append('_')
                        .append(i);
                selection.append(':').append(field.getName()).append(arguments(field));
                selection.append(object == null ? "" : selection(object, depth + 1));
            }
            return selection.append('}').toString();
        }

        private String arguments(GraphQLFieldDefinition field) {
            String arguments = field.getArguments().stream()
                    .filter(argument -> !isOptional(argument) || random.nextInt(3) > 0)
                    .map(argument -> argument.getName() + ":" + value(argument))
                    .collect(Collectors.joining(","));
            return arguments.isEmpty() ? "" : "(" + arguments + ")";
        }

        private String value(GraphQLArgument argument) {
            List<String> candidates = values.get(argument.getName());
            String value = isOptional(argument) && random.nextBoolean()
                    ? "null"
                    : candidates.get(random.nextInt(candidates.size()));
            if (random.nextInt(3) > 0) {
                return value;
            }
            String variable = "v" + declared.size();
            GraphQLType type = argument.getType();
            declared.add("$" + variable + ":" + GraphQLTypeUtil.simplePrint(type));
            if (!value.equals("null")) {
                variables.put(variable, json(value));
            } else if (random.nextBoolean()) { // otherwise the variable is missing
                variables.put(variable, null);
            }
            return "$" + variable;
        }

        private static Object json(String value) {
            if (value.startsWith("\"")) {
                return value.substring(1, value.length() - 1);
            }
            if (value.equals("true") || value.equals("false")) {
                return Boolean.valueOf(value);
            }
            return Character.isLetter(value.charAt(0)) ? (Object) value : Integer.valueOf(value); // a value of an enum
        }
    }
}
