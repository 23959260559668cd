package io.heartline.reports.read.rest;

import io.heartline.reports.read.RankedAuthor;
import io.heartline.reports.read.RankingCursor;
import io.heartline.reports.read.Reports;
import io.heartline.reports.read.WeekParameter;
import io.heartline.web.limit.CallerName;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.request.QueryParameters;
import java.security.Principal;
import java.util.List;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DefaultDataBufferFactory;
import org.springframework.http.HttpHeaders;
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
    private final ConditionalResponses responses;
    private final Export export;

    WeekRankingController(Reports reports, ConditionalResponses responses, Export export) {
        this.reports = reports;
        this.responses = responses;
        this.export = export;
    }

    @GetMapping(path = "/v1/reports/{week}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> week(@PathVariable String week, ServerHttpRequest request) {
        return reports.readTotals(parse(week))
                .map(all -> responses.notModifiedOr(
                        request, ResponseFormat.JSON, all.withoutProgress(), () -> ConditionalResponses.response(
                                        HttpStatus.OK)
                                .contentType(MediaType.APPLICATION_JSON)
                                .body(responses.json(all))));
    }

    /**
     * A page of the ranking.
     *
     * @param items the authors, most liked first
     * @param next the cursor of the next page; null if this page is the last
     */
    record Page(List<RankedAuthor> items, String next) {}

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
        int limit = query.wholeNumber("limit", 1, Reports.MAX_RANKED_AUTHORS, DEFAULT_AUTHORS);
        RankingCursor after = query.has("cursor") ? RankingCursor.parse(query.text("cursor"), week) : null;
        // one more than the limit, to find out whether there is a next page
        return reports.ranking(week, after, limit + 1).map(rankedAuthors -> {
            Page page = page(week, rankedAuthors, limit);
            return responses.notModifiedOr(request, ResponseFormat.JSON, page, () -> pageResponse(week, page, limit));
        });
    }

    private static Page page(YearWeek week, List<RankedAuthor> rankedAuthors, int limit) {
        if (rankedAuthors.size() <= limit) {
            return new Page(rankedAuthors, null);
        }
        RankedAuthor last = rankedAuthors.get(limit - 1);
        return new Page(
                rankedAuthors.subList(0, limit), new RankingCursor(week, last.likes(), last.authorId()).toString());
    }

    private ResponseEntity<Flux<DataBuffer>> pageResponse(YearWeek week, Page page, int limit) {
        ResponseEntity.BodyBuilder response =
                ConditionalResponses.response(HttpStatus.OK).contentType(MediaType.APPLICATION_JSON);
        if (page.next() != null) {
            response.header(
                    HttpHeaders.LINK,
                    "</v1/reports/" + week + "/authors?limit=" + limit + "&cursor=" + page.next() + ">; rel=\"next\"");
        }
        return response.body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(responses.json(page))));
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> exportAll(
            YearWeek week, QueryParameters query, ResponseFormat format, String caller, ServerWebExchange exchange) {
        for (String pagesOnly : List.of("limit", "cursor")) {
            if (query.has(pagesOnly)) {
                throw new InvalidParameterException(
                        pagesOnly, "must not be given: as " + format.extension() + " the ranking is sent whole");
            }
        }
        return Mono.just(export.response(
                reports.ranking(week), CsvColumns.RANKING, format, "authors-" + week, caller, exchange));
    }

    private YearWeek parse(String week) {
        return WeekParameter.parse("week", week, reports.currentWeek());
    }
}
