package io.heartline.reports.read;

import graphql.ExecutionResult;
import graphql.GraphqlErrorBuilder;
import graphql.execution.AbortExecutionException;
import graphql.execution.ExecutionContext;
import graphql.execution.instrumentation.InstrumentationContext;
import graphql.execution.instrumentation.InstrumentationState;
import graphql.execution.instrumentation.SimplePerformantInstrumentation;
import graphql.execution.instrumentation.parameters.InstrumentationExecuteOperationParameters;
import io.heartline.reports.BusyException;
import java.util.List;

/**
 * Refuses a query before it reads anything, if it is too deep, costs too much, or is heavy while all permits for heavy queries
 * are taken. Graphql-java's own limits meet a fragment only where
 * it is used first; and to write out what will be executed, as it can, takes time that doubles with each fragment that uses
 * another one twice.
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
        if (cost.depth() > QueryCost.DEEPEST) {
            throw exceeded("depth", cost.depth(), QueryCost.DEEPEST);
        }
        if (cost.cost() > QueryCost.MOST) {
            throw exceeded("complexity", cost.cost(), QueryCost.MOST);
        }
        if (cost.cost() > QueryCost.HEAVY) {
            takePlace(query);
        }
        return super.beginExecuteOperation(parameters, state);
    }

    private static void takePlace(ExecutionContext query) {
        try {
            query.getGraphQLContext().<QueryPlace>get(QueryPlace.class).take();
        } catch (BusyException e) {
            throw new AbortExecutionException(List.of(GraphqlErrorBuilder.newError()
                    .message(e.getMessage())
                    .errorType(ReportQueries.UNAVAILABLE)
                    .build()));
        }
    }

    private static AbortExecutionException exceeded(String what, long is, int most) {
        return new AbortExecutionException("maximum query " + what + " exceeded " + is + " > " + most);
    }
}
