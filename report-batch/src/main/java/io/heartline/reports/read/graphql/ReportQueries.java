package io.heartline.reports.read.graphql;

import graphql.GraphQLContext;
import graphql.schema.DataFetchingFieldSelectionSet;
import io.heartline.reports.audit.AuditedReads;
import io.heartline.reports.ranking.RankedAuthor;
import io.heartline.reports.ranking.RankingSort;
import io.heartline.reports.ranking.Rankings;
import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.reports.read.WeekRange;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.security.AuthorAccess;
import java.util.List;
import org.springframework.graphql.data.method.annotation.Argument;
import org.springframework.graphql.data.method.annotation.QueryMapping;
import org.springframework.stereotype.Controller;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Mono;

/** The queries of {@code schema.graphqls}. */
@Controller
class ReportQueries {

    private static final String REPORTS_PATH = "/v1/authors/%s/reports";

    private final Reports reports;
    private final Rankings rankings;
    private final AuthorAccess access;

    ReportQueries(Reports reports, Rankings rankings, AuthorAccess access) {
        this.reports = reports;
        this.rankings = rankings;
        this.access = access;
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
    Mono<List<RankedAuthor>> topAuthors(
            @Argument String week, @Argument Integer first, @Argument RankingSort sort, GraphQLContext context) {
        if (first < 1 || first > Rankings.MAX_AUTHORS) {
            throw new InvalidParameterException("first", "must be a whole number from 1 to " + Rankings.MAX_AUTHORS);
        }
        YearWeek yearWeek = WeekParameter.parse("week", week, reports.currentWeek());
        return access.requireAll()
                .then(Mono.defer(() -> rankings.page(yearWeek, sort, null, first)))
                .map(Rankings.Page::items)
                .doOnNext(read -> auditedReads(context).add(null, "/v1/reports/" + yearWeek + "/authors"));
    }

    private static AuditedReads auditedReads(GraphQLContext context) {
        return context.get(AuditedReads.class);
    }
}
