package io.heartline.reports.read;

import io.heartline.reports.InvalidParameterException;
import io.heartline.web.CallerName;
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

/** One week of all authors: their totals, and the most liked first. */
@RestController
class WeekController {

    /** The longest page. */
    static final int MOST_AUTHORS = 1_000;

    private static final int AUTHORS_BY_DEFAULT = 100;

    private final Reports reports;
    private final Answers answers;
    private final Export export;

    WeekController(Reports reports, Answers answers, Export export) {
        this.reports = reports;
        this.answers = answers;
        this.export = export;
    }

    @GetMapping(path = "/v1/reports/{week}", produces = MediaType.APPLICATION_JSON_VALUE)
    Mono<ResponseEntity<byte[]>> week(@PathVariable String week, ServerHttpRequest request) {
        return reports.of(parse(week))
                .map(all -> answers.unlessKnown(request, Format.JSON, all.settled(), () -> Answers.answer(HttpStatus.OK)
                        .contentType(MediaType.APPLICATION_JSON)
                        .body(answers.json(all))));
    }

    /**
     * A page of the ranking.
     *
     * @param next the cursor of the page behind it, or null if it is the last
     */
    record Page(List<RankedAuthor> items, String next) {}

    @GetMapping("/v1/reports/{week}/authors")
    Mono<ResponseEntity<Flux<DataBuffer>>> authors(
            @PathVariable String week,
            @RequestParam MultiValueMap<String, String> parameters,
            Principal token,
            ServerWebExchange exchange) {
        YearWeek asked = parse(week);
        Query query = new Query(parameters);
        Format format = Format.of(query, exchange);
        return format == Format.JSON
                ? page(asked, query, exchange.getRequest())
                : whole(asked, query, format, CallerName.of(token, exchange.getRequest()), exchange);
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> page(YearWeek week, Query query, ServerHttpRequest request) {
        int limit = query.number("limit", 1, MOST_AUTHORS, AUTHORS_BY_DEFAULT);
        Cursor after = query.has("cursor") ? Cursor.parse(query.text("cursor"), week) : null;
        // one more than asked for, to know whether there is
        return reports.ranking(week, after, limit + 1).map(found -> {
            Page page = page(week, found, limit);
            return answers.unlessKnown(request, Format.JSON, page, () -> answer(week, page, limit));
        });
    }

    private static Page page(YearWeek week, List<RankedAuthor> found, int limit) {
        if (found.size() <= limit) {
            return new Page(found, null);
        }
        RankedAuthor last = found.get(limit - 1);
        return new Page(found.subList(0, limit), new Cursor(week, last.likes(), last.authorId()).toString());
    }

    private ResponseEntity<Flux<DataBuffer>> answer(YearWeek week, Page page, int limit) {
        ResponseEntity.BodyBuilder answer = Answers.answer(HttpStatus.OK).contentType(MediaType.APPLICATION_JSON);
        if (page.next() != null) {
            answer.header(
                    HttpHeaders.LINK,
                    "</v1/reports/" + week + "/authors?limit=" + limit + "&cursor=" + page.next() + ">; rel=\"next\"");
        }
        return answer.body(Flux.just(DefaultDataBufferFactory.sharedInstance.wrap(answers.json(page))));
    }

    private Mono<ResponseEntity<Flux<DataBuffer>>> whole(
            YearWeek week, Query query, Format format, String caller, ServerWebExchange exchange) {
        for (String pagesOnly : List.of("limit", "cursor")) {
            if (query.has(pagesOnly)) {
                throw new InvalidParameterException(
                        pagesOnly, "must not be given: as " + format.extension() + " the ranking is sent whole");
            }
        }
        return Mono.just(
                export.of(reports.ranking(week), Columns.RANKING, format, "authors-" + week, caller, exchange));
    }

    private YearWeek parse(String week) {
        return WeekParameter.parse("week", week, reports.currentWeek());
    }
}
