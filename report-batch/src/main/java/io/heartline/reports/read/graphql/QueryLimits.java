package io.heartline.reports.read.graphql;

import graphql.ExecutionResult;
import graphql.GraphqlErrorBuilder;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationExecuteOperationParameters;
import io.heartline.web.problem.ApiException;
import java.util.List;

/**
 * An instrumentation that refuses a query before it reads any data. It refuses a query that is too deep or costs too
 * much, and a heavy query if all permits for heavy queries are taken.
 *
 * <p>The limits of graphql-java are not sufficient. They count a fragment only at its first use. Its alternative is to
 * expand the query, which takes twice as long with each fragment that uses another fragment twice.
 */
final class QueryLimits extends SimplePerformantInstrumentation {

    @Override
    public InstrumentationContext<ExecutionResult> beginExecuteOperation(
            InstrumentationExecuteOperationParameters parameters, InstrumentationState state) {
        ExecutionContext query = parameters.getExecutionContext();
        QueryCost cost = QueryCost.of(
                query.getOperationDefinition().getSelectionSet(),
                query.getFragmentsByName(),
                query.getCoercedVariables());
        if (cost.depth() > QueryCost.MAX_DEPTH) {
            throw exceeded("depth", cost.depth(), QueryCost.MAX_DEPTH);
        }
        if (cost.cost() > QueryCost.MAX_COST) {
            throw exceeded("complexity", cost.cost(), QueryCost.MAX_COST);
        }
        if (cost.cost() > QueryCost.HEAVY_COST) {
            acquirePermit(query);
        }
        return super.beginExecuteOperation(parameters, state);
    }

    private static void acquirePermit(ExecutionContext query) {
        try {
            query.getGraphQLContext()
                    .<HeavyQueryPermit>get(HeavyQueryPermit.class)
                    .acquire();
        } catch (ApiException e) {
            throw new AbortExecutionException(List.of(GraphqlErrorBuilder.newError()
                    .message(e.getMessage())
                    .errorType(QueryErrors.UNAVAILABLE)
                    .build()));
        }
    }

    private static AbortExecutionException exceeded(String measure, long actual, int max) {
        return new AbortExecutionException("maximum query " + measure + " exceeded " + actual + " > " + max);
    }
}
