package io.heartline.reports.read.rest;

import io.heartline.reports.ranking.RankingCursor;
import io.heartline.reports.ranking.RankingSort;
import io.heartline.reports.ranking.Rankings;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.web.limit.CallerName;
import io.heartline.web.request.QueryParameters;
import java.security.Principal;
import org.springframework.core.io.buffer.DataBuffer;
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

/** The endpoints for one week of all authors: the totals and the ranking. */
@RestController
class WeekRankingController {

    private static final int DEFAULT_AUTHORS = 100;

    private final Reports reports;
    private final Rankings rankings;
    private final ConditionalResponses responses;
    private final Export export;

    WeekRankingController(Reports reports, Rankings rankings, ConditionalResponses responses, Export export) {
        this.reports = reports;
        this.rankings = rankings;
        this.responses = responses;
        this.export = export;
    }

    @GetMapping(path = "/v1/reports/{week}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> week(@PathVariable String week, ServerHttpRequest request) {
        return rankings.totals(parse(week))
                .map(all -> responses.notModifiedOr(
                        request, ResponseFormat.JSON, all.withoutProgress(), () -> ConditionalResponses.response(
                                        HttpStatus.OK)
                                .contentType(MediaType.APPLICATION_JSON)
                                .body(responses.json(all))));
    }

    @GetMapping("/v1/reports/{week}/authors")
    Mono<ResponseEntity<Flux<DataBuffer>>> authors(
            @PathVariable String week,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerWebExchange exchange) {
        YearWeek yearWeek = parse(week);
        QueryParameters query = new QueryParameters(parameters);
        ResponseFormat format = ResponseFormat.requested(query, exchange);
        return format == ResponseFormat.JSON
                ? page(yearWeek, query, exchange.getRequest())
                : exportAll(yearWeek, query, format, CallerName.of(token, exchange.getRequest()), exchange);
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> page(
            YearWeek week, QueryParameters query, ServerHttpRequest request) {
        RankingSort sort = RankingSort.parse(query.text("sort"));
        int limit = query.wholeNumber("limit", 1, Rankings.MAX_AUTHORS, DEFAULT_AUTHORS);
        RankingCursor after = query.has("cursor") ? RankingCursor.parse(query.text("cursor"), week, sort) : null;
        String path = "/v1/reports/" + week + "/authors?" + (query.has("sort") ? "sort=" + sort + "&" : "") + "limit="
                + limit;
        return rankings.page(week, sort, after, limit)
                .map(page -> responses.notModifiedOr(
                        request, ResponseFormat.JSON, page, () -> responses.page(page, path, page.next())));
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> exportAll(
            YearWeek week, QueryParameters query, ResponseFormat format, String caller, ServerWebExchange exchange) {
        Export.refusePages(query, format, "the ranking");
        RankingSort sort = RankingSort.parse(query.text("sort"));
        return Mono.just(export.response(
                rankings.all(week, sort), CsvColumns.RANKING, format, "authors-" + week, caller, exchange));
    }

    private YearWeek parse(String week) {
        return WeekParameter.parse("week", week, reports.currentWeek());
    }
}
