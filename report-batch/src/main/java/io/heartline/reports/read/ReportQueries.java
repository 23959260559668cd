package io.heartline.reports.read;

import com.mongodb.MongoException;
import graphql.ErrorClassification;
import graphql.GraphQLContext;
import graphql.GraphQLError;
import graphql.GraphqlErrorBuilder;
import graphql.schema.DataFetchingEnvironment;
import graphql.schema.DataFetchingFieldSelectionSet;
import io.heartline.reports.DifferentSettingsException;
import io.heartline.reports.InvalidParameterException;
import io.heartline.reports.UnavailableLog;
import io.heartline.reports.audit.AuditTrail;
import io.heartline.reports.run.Trouble;
import io.heartline.web.AuthorAccess;
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
    private static final String REPORTS = "/v1/authors/%s/reports";
    static final ErrorClassification UNAVAILABLE = ErrorClassification.errorClassification("UNAVAILABLE");

    private final Reports reports;
    private final AuthorAccess access;
    private final UnavailableLog unavailable;

    ReportQueries(Reports reports, AuthorAccess access, UnavailableLog unavailable) {
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
        Reports.requireAuthor("author", author);
        YearWeek asked = WeekParameter.parse("week", week, reports.currentWeek());
        return read(author, new WeekRange(asked, asked), selected)
                .doOnNext(read -> trail(context).add(author, REPORTS.formatted(author) + "/" + asked))
                .map(only -> only.get(0));
    }

    @QueryMapping
    Mono<List<ReportView>> weeklyReports(
            @Argument String author,
            @Argument String from,
            @Argument String to,
            DataFetchingFieldSelectionSet selected,
            GraphQLContext context) {
        Reports.requireAuthor("author", author);
        WeekRange range = WeekRange.parse(from, to, reports.currentWeek());
        return read(author, range, selected).doOnNext(read -> trail(context).add(author, REPORTS.formatted(author)));
    }

    private Mono<List<ReportView>> read(String author, WeekRange range, DataFetchingFieldSelectionSet selected) {
        boolean withReturning = selected.containsAnyOf("likersReturning", "likersReturningError");
        return access.require(author).then(Mono.defer(() -> reports.of(author, range, null, withReturning)));
    }

    @QueryMapping
    Mono<List<RankedAuthor>> topAuthors(@Argument String week, @Argument int first, GraphQLContext context) {
        if (first < 1 || first > WeekController.MOST_AUTHORS) {
            throw new InvalidParameterException(
                    "first", "must be a whole number from 1 to " + WeekController.MOST_AUTHORS);
        }
        YearWeek asked = WeekParameter.parse("week", week, reports.currentWeek());
        return access.requireAll()
                .then(Mono.defer(() -> reports.ranking(asked, null, first)))
                .doOnNext(read -> trail(context).add(null, "/v1/reports/" + asked + "/authors"));
    }

    private static AuditTrail trail(GraphQLContext context) {
        return context.get(AuditTrail.class);
    }

    @GraphQlExceptionHandler
    GraphQLError invalid(InvalidParameterException e, DataFetchingEnvironment where) {
        return GraphqlErrorBuilder.newError(where)
                .message(e.parameter() + " " + e.getMessage() + ".")
                .errorType(ErrorType.BAD_REQUEST)
                .extensions(Map.of("parameter", e.parameter()))
                .build();
    }

    @GraphQlExceptionHandler
    GraphQLError differentSettings(DifferentSettingsException e, DataFetchingEnvironment where) {
        return GraphqlErrorBuilder.newError(where)
                .message(e.getMessage())
                .errorType(UNAVAILABLE)
                .build();
    }

    @GraphQlExceptionHandler({DataAccessException.class, MongoException.class})
    GraphQLError database(RuntimeException e, DataFetchingEnvironment where) {
        if (!Trouble.isPassing(e)) {
            logger.error("MongoDB refused what a reader asked for", e);
            return GraphqlErrorBuilder.newError(where)
                    .message(
                            "The reports' database refused the request. Asking again does not help: the service's log says"
                                    + " why.")
                    .errorType(ErrorType.INTERNAL_ERROR)
                    .build();
        }
        unavailable.add("", e);
        return GraphqlErrorBuilder.newError(where)
                .message("The reports' database does not answer: ask again.")
                .errorType(UNAVAILABLE)
                .build();
    }
}
