package io.heartline.reports.read;

import io.heartline.web.CallerName;
import java.security.Principal;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpStatus;
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

/** One author's weeks. */
@RestController
class ReportsController {

    private final Reports reports;
    private final Answers answers;
    private final Export export;

    ReportsController(Reports reports, Answers answers, Export export) {
        this.reports = reports;
        this.answers = answers;
        this.export = export;
    }

    @GetMapping(path = "/v1/authors/{authorId}/reports/{week}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> report(
            @PathVariable String authorId,
            @PathVariable String week,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerHttpRequest request) {
        Reports.requireAuthor("authorId", authorId);
        YearWeek asked = WeekParameter.parse("week", week, reports.currentWeek());
        return reports.of(authorId, asked, new Query(parameters).atLeast(CallerName.of(token, request)))
                .map(report ->
                        answers.unlessKnown(request, Format.JSON, report.settled(), () -> Answers.answer(HttpStatus.OK)
                                .contentType(MediaType.APPLICATION_JSON)
                                .body(answers.json(report))));
    }

    /** The items of a list that fits into one answer. */
    record Items(List<ReportView> items) {}

    @GetMapping("/v1/authors/{authorId}/reports")
    Mono<ResponseEntity<Flux<DataBuffer>>> range(
            @PathVariable String authorId,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerWebExchange exchange) {
        Reports.requireAuthor("authorId", authorId);
        Query query = new Query(parameters);
        WeekRange range = WeekRange.parse(query.text("from"), query.text("to"), reports.currentWeek());
        Format format = Format.of(query, exchange);
        String file = "reports-" + authorId + "-" + range.from() + "-" + range.to();
        String caller = CallerName.of(token, exchange.getRequest());
        return reports.of(authorId, range, query.atLeast(caller))
                .map(found -> answers.unlessKnown(
                        exchange.getRequest(),
                        format,
                        found.stream().map(ReportView::settled).toList(),
                        () -> format == Format.JSON
                                ? json(new Items(found))
                                : export.of(
                                        Flux.fromIterable(found), Columns.REPORTS, format, file, caller, exchange)));
    }

    private ResponseEntity<Flux<DataBuffer>> json(Items items) {
        return Answers.answer(HttpStatus.OK)
                .contentType(MediaType.APPLICATION_JSON)
                .body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(answers.json(items))));
    }
}
