package io.heartline.reports.read.graphql;

import com.mongodb.MongoException;
import graphql.ErrorClassification;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.schema.DataFetchingEnvironment;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.mongo.MongoOutageLogger;
import io.heartline.web.problem.InvalidParameterException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.graphql.data.method.annotation.GraphQlExceptionHandler;
import org.springframework.graphql.execution.ErrorType;
import org.springframework.web.bind.annotation.ControllerAdvice;

/** The errors of queries whose exceptions have a meaning for clients. */
@ControllerAdvice
class QueryErrors {

    static final ErrorClassification UNAVAILABLE = ErrorClassification.errorClassification("UNAVAILABLE");

    private static final Logger logger = LoggerFactory.getLogger(QueryErrors.class);

    private final MongoOutageLogger unavailable;

    QueryErrors(MongoOutageLogger unavailable) {
        this.unavailable = unavailable;
    }

    @GraphQlExceptionHandler
    GraphQLError invalidParameter(InvalidParameterException e, DataFetchingEnvironment environment) {
        return GraphqlErrorBuilder.newError(environment)
                .message(e.getMessage())
                .errorType(ErrorType.BAD_REQUEST)
                .extensions(Map.of("parameter", e.parameter()))
                .build();
    }

    @GraphQlExceptionHandler
    GraphQLError differentSettings(DifferentSettingsException e, DataFetchingEnvironment environment) {
        return GraphqlErrorBuilder.newError(environment)
                .message(e.getMessage())
                .errorType(UNAVAILABLE)
                .build();
    }

    @GraphQlExceptionHandler({DataAccessException.class, MongoException.class})
    GraphQLError databaseError(RuntimeException e, DataFetchingEnvironment environment) {
        if (!Failures.isTransient(e)) {
            logger.error("MongoDB refused the query of a reader", e);
            return GraphqlErrorBuilder.newError(environment)
                    .message(
                            "The reports' database refused the request. Asking again does not help: the service's log has"
                                    + " the reason.")
                    .errorType(ErrorType.INTERNAL_ERROR)
                    .build();
        }
        unavailable.logRejectedRequest("", e);
        return GraphqlErrorBuilder.newError(environment)
                .message("The reports' database does not answer: ask again.")
                .errorType(UNAVAILABLE)
                .build();
    }
}
