package io.heartline.reports.read.rest;

import io.heartline.reports.read.ReportView;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.reports.read.WeekRange;
import io.heartline.web.limit.CallerName;
import io.heartline.web.request.QueryParameters;
import java.security.Principal;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import org.threeten.extra.YearWeek;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The endpoints for the reports of one author. */
@RestController
class AuthorReportsController {

    private final Reports reports;
    private final ConditionalResponses responses;
    private final Export export;

    AuthorReportsController(Reports reports, ConditionalResponses responses, Export export) {
        this.reports = reports;
        this.responses = responses;
        this.export = export;
    }

    @GetMapping(path = "/v1/authors/{authorId}/reports/{week}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> report(
            @PathVariable String authorId,
            @PathVariable String week,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerHttpRequest request) {
        Reports.requireAuthorId("authorId", authorId);
        YearWeek yearWeek = WeekParameter.parse("week", week, reports.currentWeek());
        return reports.read(
                        authorId,
                        yearWeek,
                        new ReportParameters(new QueryParameters(parameters))
                                .minimumPosition(CallerName.of(token, request)))
                .map(report -> responses.response(request, report));
    }

    /** The items of a list that is returned in one response. */
    record Items(List<ReportView> items) {}

    @GetMapping("/v1/authors/{authorId}/reports")
    Mono<ResponseEntity<Flux<DataBuffer>>> range(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerWebExchange exchange) {
        Reports.requireAuthorId("authorId", authorId);
        QueryParameters query = new QueryParameters(parameters);
        WeekRange range = WeekRange.parse(query.text("from"), query.text("to"), reports.currentWeek());
        ResponseFormat format = ResponseFormat.requested(query, exchange);
        String fileName = "reports-" + authorId + "-" + range.from() + "-" + range.to();
        String caller = CallerName.of(token, exchange.getRequest());
        return reports.read(authorId, range, new ReportParameters(query).minimumPosition(caller))
                .map(views -> responses.notModifiedOr(
                        exchange.getRequest(),
                        format,
                        views.stream().map(ReportView::withoutProgress).toList(),
                        () -> format == ResponseFormat.JSON
                                ? responses.jsonResponse(new Items(views))
                                : export.response(
                                        Flux.fromIterable(views),
                                        CsvColumns.REPORTS,
                                        format,
                                        fileName,
                                        caller,
                                        exchange)));
    }
}
