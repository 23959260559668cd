package io.heartline.reports.read.graphql;

import com.mongodb.MongoException;
import graphql.ErrorClassification;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.DataFetchingFieldSelectionSet;
import io.heartline.reports.audit.AuditedReads;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.mongo.MongoOutageLogger;
import io.heartline.reports.read.RankedAuthor;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.reports.read.WeekRange;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.security.AuthorAccess;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.GraphQlExceptionHandler;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.graphql.execution.ErrorType;
import org.springframework.stereotype.Controller;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** The queries of {@code schema.graphqls}. */
@Controller
class ReportQueries {

    private static final Logger logger = LoggerFactory.getLogger(ReportQueries.class);
    private static final String REPORTS_PATH = "/v1/authors/%s/reports";
    static final ErrorClassification UNAVAILABLE = ErrorClassification.errorClassification("UNAVAILABLE");

    private final Reports reports;
    private final AuthorAccess access;
    private final MongoOutageLogger unavailable;

    ReportQueries(Reports reports, AuthorAccess access, MongoOutageLogger unavailable) {
        this.reports = reports;
        this.access = access;
        this.unavailable = unavailable;
    }

    @QueryMapping
    Mono<ReportView> weeklyReport(
            @Argument String author,
            @Argument String week,
            DataFetchingFieldSelectionSet selected,
            GraphQLContext context) {
        Reports.requireAuthorId("author", author);
        YearWeek yearWeek = WeekParameter.parse("week", week, reports.currentWeek());
        return read(author, new WeekRange(yearWeek, yearWeek), selected)
                .doOnNext(read -> auditedReads(context).add(author, REPORTS_PATH.formatted(author) + "/" + yearWeek))
                .map(only -> only.get(0));
    }

    @QueryMapping
    Mono<List<ReportView>> weeklyReports(
            @Argument String author,
            @Argument String from,
            @Argument String to,
            DataFetchingFieldSelectionSet selected,
            GraphQLContext context) {
        Reports.requireAuthorId("author", author);
        WeekRange range = WeekRange.parse(from, to, reports.currentWeek());
        return read(author, range, selected)
                .doOnNext(read -> auditedReads(context).add(author, REPORTS_PATH.formatted(author)));
    }

    private Mono<List<ReportView>> read(String author, WeekRange range, DataFetchingFieldSelectionSet selected) {
        boolean withReturning = selected.containsAnyOf("likersReturning", "likersReturningError");
        return access.require(author).then(Mono.defer(() -> reports.read(author, range, null, withReturning)));
    }

    @QueryMapping
    Mono<List<RankedAuthor>> topAuthors(@Argument String week, @Argument Integer first, GraphQLContext context) {
        if (first < 1 || first > Reports.MAX_RANKED_AUTHORS) {
            throw new InvalidParameterException(
                    "first", "must be a whole number from 1 to " + Reports.MAX_RANKED_AUTHORS);
        }
        YearWeek yearWeek = WeekParameter.parse("week", week, reports.currentWeek());
        return access.requireAll()
                .then(Mono.defer(() -> reports.ranking(yearWeek, null, first)))
                .doOnNext(read -> auditedReads(context).add(null, "/v1/reports/" + yearWeek + "/authors"));
    }

    private static AuditedReads auditedReads(GraphQLContext context) {
        return context.get(AuditedReads.class);
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
