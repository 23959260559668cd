package io.heartline.reports.read.rest;

import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekRange;
import io.heartline.reports.summary.Summaries;
import io.heartline.web.limit.CallerName;
import io.heartline.web.request.QueryParameters;
import java.security.Principal;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.ResponseEntity;
import org.springframework.util.MultiValueMap;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ServerWebExchange;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** The endpoint for the sums of an author's weeks. */
@RestController
class SummaryController {

    private final Reports reports;
    private final Summaries summaries;
    private final ConditionalResponses responses;
    private final Export export;

    SummaryController(Reports reports, Summaries summaries, ConditionalResponses responses, Export export) {
        this.reports = reports;
        this.summaries = summaries;
        this.responses = responses;
        this.export = export;
    }

    @GetMapping("/v1/authors/{authorId}/summary")
    Mono<ResponseEntity<Flux<DataBuffer>>> summary(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerWebExchange exchange) {
        Reports.requireAuthorId("authorId", authorId);
        QueryParameters query = new QueryParameters(parameters);
        WeekRange range = WeekRange.parse(query.text("from"), query.text("to"), reports.currentWeek());
        ResponseFormat format = ResponseFormat.requested(query, exchange);
        String fileName = "summary-" + authorId + "-" + range.from() + "-" + range.to();
        String caller = CallerName.of(token, exchange.getRequest());
        return summaries
                .read(authorId, range, new ReportParameters(query).minimumPosition(caller), true)
                .map(summary -> responses.notModifiedOr(
                        exchange.getRequest(),
                        format,
                        summary.withoutProgress(),
                        () -> format == ResponseFormat.JSON
                                ? responses.jsonResponse(summary)
                                : export.response(
                                        Flux.fromIterable(SummaryLine.of(summary)),
                                        CsvColumns.SUMMARY,
                                        format,
                                        fileName,
                                        caller,
                                        exchange)));
    }
}
