package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.springframework.data.mongodb.core.query.Criteria.where;
import static org.springframework.data.mongodb.core.query.Query.query;

import io.heartline.reports.fold.KeyedHash;
import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import java.nio.charset.StandardCharsets;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.data.mongodb.core.query.Update;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** Reports of one author, for a single week and for a range of weeks. */
@ResourceLock(AbstractReadApiIT.PROGRESS)
class AuthorReportsIT extends AbstractReadApiIT {

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(0);
    private final String path = "/v1/authors/" + author + "/reports/" + week;
    private final String list = "/v1/authors/" + author + "/reports?from=" + week + "&to=" + week.plusWeeks(2);

    @BeforeEach
    void someLikes() {
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.SUNDAY, "p-2", "bob"),
                unlike(author, week, DayOfWeek.SUNDAY, "p-2", "bob"));
        fold(author, week.plusWeeks(2), like(author, week.plusWeeks(2), DayOfWeek.FRIDAY, "p-1", "carol"));
    }

    @Test
    void knownReport_returns304() {
        HttpAnswer first = get(path);
        String tag = first.headers().getETag();

        assertThat(first.status()).isEqualTo(200);
        assertThat(tag).startsWith("W/\"");
        for (String etag : new String[] {tag, tag.substring(2), "*", "\"other\", " + tag}) {
            HttpAnswer again = get(path, "If-None-Match", etag);
            assertThat(again.status()).as(etag).isEqualTo(304);
            assertThat(again.body()).isEmpty();
            for (String header : new String[] {"ETag", "Cache-Control", "Vary"}) {
                assertThat(again.headers().get(header))
                        .as(header)
                        .isEqualTo(first.headers().get(header));
            }
        }
        assertThat(get(path, "If-None-Match", "\"other\", W/\"another\"").status())
                .isEqualTo(200);
        assertThat(get(path, "If-None-Match", "no tag at all").status()).isEqualTo(200);
    }

    @Test
    void responses_arePrivate_andVaryByAcceptAndEncoding() {
        for (String each : new String[] {path, list, "/v1/reports/" + week, "/v1/reports/" + week + "/authors"}) {
            HttpAnswer answer = get(each);
            assertThat(answer.headers().getCacheControl()).isEqualTo("no-cache, private");
            assertThat(answer.headers().getVary()).contains("Accept", "Accept-Encoding");
            assertThat(answer.headers().getETag()).startsWith("W/\"");
        }
    }

    @Test
    void unchangedReport_keepsItsETag_andACorrectionChangesIt() {
        String tag = get(path).headers().getETag();
        String listTag = get(list).headers().getETag();

        setProgress(0, 1_000, AS_OF);
        assertThat(get(path).headers().getETag()).isEqualTo(tag);
        assertThat(get(list).headers().getETag()).isEqualTo(listTag);
        mongo.updateFirst(
                        query(where("_id").is(week + "/" + author)),
                        new Update().inc("revision", 1),
                        ReportStore.COLLECTION)
                .block();
        letReadersSeeReports(author);

        assertThat(get(path).headers().getETag()).isNotEqualTo(tag);
        assertThat(get(list).headers().getETag()).isNotEqualTo(listTag);
    }

    @Test
    void eachFormatOfAList_hasItsOwnETag() {
        String json = get(list).headers().getETag();

        assertThat(get(list, "Accept", "text/csv", "If-None-Match", json).status())
                .isEqualTo(200);
        assertThat(get(list, "Accept", "application/json", "If-None-Match", json)
                        .status())
                .isEqualTo(304);
    }

    @Test
    void headRequest_returnsHeadersOnly() {
        for (String each : new String[] {path, list, list + "&format=csv", "/v1/reports/" + week + "/authors"}) {
            HttpAnswer head = send(HttpMethod.HEAD, each, null);
            assertThat(head.status()).isEqualTo(200);
            assertThat(head.headers().getETag()).isEqualTo(get(each).headers().getETag());
            assertThat(head.body()).isEmpty();
        }
    }

    @Test
    void list_hasAReportPerWeek_oldestFirst_withZerosForEmptyWeeks() {
        JsonNode items = get(list).json().path("items");

        assertThat(items).hasSize(3);
        for (int i = 0; i < 3; i++) {
            JsonNode alone = get("/v1/authors/" + author + "/reports/" + week.plusWeeks(i))
                    .json();
            assertThat(items.get(i)).isEqualTo(alone);
        }
        assertThat(items.valueStream().map(item -> item.path("likes").intValue()))
                .containsExactly(2, 0, 1);
        assertThat(items.at("/1/byDay")).hasSize(7);
        assertThat(items.at("/2/previous/likes").intValue()).isZero();
        assertThat(items.at("/1/previous/likes").intValue()).isEqualTo(2);
    }

    @Test
    void likerOfThePreviousWeek_isReturning() {
        YearWeek next = week.plusWeeks(3);
        fold(
                author,
                next,
                like(author, next, DayOfWeek.MONDAY, "p-8", "carol"),
                like(author, next, DayOfWeek.MONDAY, "p-9", "carol"),
                like(author, next, DayOfWeek.MONDAY, "p-9", "bob"));

        JsonNode items = get("/v1/authors/" + author + "/reports?from=" + week + "&to=" + next)
                .json()
                .path("items");

        assertThat(items.valueStream().map(item -> item.path("likersReturning").intValue()))
                .as("carol liked in the previous week, and bob only three weeks before")
                .containsExactly(0, 0, 0, 1);
        assertThat(items.valueStream()
                        .map(item -> item.path("likersReturningError").doubleValue()))
                .containsOnly(0.0);
        assertThat(get("/v1/authors/" + author + "/reports/" + next).json()).isEqualTo(items.get(3));
    }

    @Test
    void returningLikers_acrossTwoSecrets_areNullInEveryFormat() {
        YearWeek next = week.plusWeeks(3);
        KeyedHash another = new KeyedHash("another secret...".getBytes(StandardCharsets.US_ASCII));
        store.save(List.of(
                        foldedReport(another, author, next, like(author, next, DayOfWeek.MONDAY, "p-8", "carol")),
                        foldedReport(
                                another,
                                author,
                                next.plusWeeks(1),
                                like(author, next, DayOfWeek.MONDAY, "p-8", "carol"))))
                .block();
        String weeks = "/v1/authors/" + author + "/reports?from=" + next + "&to=" + next.plusWeeks(1);

        JsonNode items = get(weeks).json().path("items");
        assertThat(items.at("/0/likes").intValue()).isEqualTo(1);
        assertThat(items.at("/0/likersReturning").isNull()).isTrue();
        assertThat(items.at("/0/likersReturningError").isNull()).isTrue();
        assertThat(items.at("/1/likersReturning").longValue()).isEqualTo(1);
        assertThat(items.at("/1/likersReturningError").doubleValue()).isZero();
        assertThat(get("/v1/authors/" + author + "/reports/" + next).json()).isEqualTo(items.get(0));
        assertThat(get(weeks + "&format=csv").text())
                .contains(",1,1,0,1,,,1,0,")
                .contains(",1,1,0,1,1,0.0,1,0,");
        assertThat(get(weeks + "&format=ndjson").text())
                .contains("\"likersReturning\":null,\"likersReturningError\":null");
        String query = "{weeklyReport(author: \"" + author + "\", week: \"" + next
                + "\") {likers likersReturning likersReturningError}}";
        JsonNode answer = send(HttpMethod.POST, "/graphql", Map.of("query", query), "Content-Type", "application/json")
                .json();
        assertThat(answer.path("errors").isMissingNode()).isTrue();
        assertThat(answer.at("/data/weeklyReport/likers").intValue()).isEqualTo(1);
        assertThat(answer.at("/data/weeklyReport/likersReturning").isNull()).isTrue();
        assertThat(answer.at("/data/weeklyReport/likersReturningError").isNull())
                .isTrue();
    }

    @Test
    void listWithoutRange_returnsTheLastTwelveWeeks() {
        YearWeek current = YearWeek.from(LocalDate.now(ZoneOffset.UTC));

        JsonNode items = get("/v1/authors/" + author + "/reports").json().path("items");

        assertThat(items).hasSize(12);
        assertThat(items.at("/11/week").stringValue()).isEqualTo(current.toString());
        assertThat(get("/v1/authors/" + author + "/reports?to=1990-W20")
                        .json()
                        .at("/items/0/week")
                        .stringValue())
                .isEqualTo("1990-W09");
        assertThat(get("/v1/authors/" + author + "/reports?from=previous")
                        .json()
                        .path("items"))
                .hasSize(2);
    }

    @Test
    void rangeOf53Weeks_acrossYears_isAllowed() {
        JsonNode items = get("/v1/authors/" + author + "/reports?from=2020-W01&to=2020-W53")
                .json()
                .path("items");

        assertThat(items).hasSize(53);
        assertThat(get("/v1/authors/" + author + "/reports?from=2020-W53&to=2021-W01")
                        .json()
                        .path("items"))
                .hasSize(2);
    }

    @ParameterizedTest
    @CsvSource({
        "/v1/authors/alice/reports/2026-W54, week",
        "/v1/authors/alice/reports/2021-W53, week",
        "/v1/authors/alice/reports/2026-W00, week",
        "/v1/authors/alice/reports/2026W47, week",
        "/v1/authors/alice/reports/2026-w47, week",
        "/v1/authors/alice/reports/2099-W01, week",
        "/v1/authors/alice/reports/yesterday, week",
        "/v1/authors/alice/reports/-999999999-W01, week",
        "/v1/authors/alice/reports/%2B123456789-W01, week",
        "/v1/authors/a%20b/reports/current, authorId",
        "/v1/authors/a%2Fb/reports/current, authorId",
        "/v1/authors/a%20b/reports, authorId",
        "/v1/authors/alice/reports?from=2026-W10&to=2026-W09, from",
        "/v1/authors/alice/reports?from=2024-W01&to=2025-W02, from",
        "/v1/authors/alice/reports?from=2026-W54, from",
        "/v1/authors/alice/reports?from=, from",
        "/v1/authors/alice/reports?from, from",
        "/v1/authors/alice/reports?from=2099-W01, from",
        "/v1/authors/alice/reports?to=2099-W01, to",
        "/v1/authors/alice/reports?to=2026-W54, to",
        "/v1/authors/alice/reports?format=xml, format",
        "/v1/authors/alice/reports?format=, format",
        "/v1/authors/alice/reports?format=CSV, format",
        "/v1/reports/2026-W54, week",
        "/v1/reports/2099-W01, week",
        "/v1/reports/2026-W54/authors, week",
        "/v1/reports/2026-W40/authors?limit=0, limit",
        "/v1/reports/2026-W40/authors?limit=1001, limit",
        "/v1/reports/2026-W40/authors?limit=ten, limit",
        "/v1/reports/2026-W40/authors?limit, limit",
        "/v1/reports/2026-W40/authors?cursor=, cursor",
        "/v1/reports/2026-W40/authors?cursor=%C3%A4, cursor",
        "/v1/reports/2026-W40/authors?cursor=bm9uc2Vuc2U, cursor",
        "/v1/reports/2026-W40/authors?format=tsv, format",
        "/v1/reports/2026-W40/authors?format=csv&limit=5, limit",
        "/v1/reports/2026-W40/authors?format=ndjson&cursor=x, cursor",
        "/v1/authors/alice/reports/current?atLeast=nonsense, atLeast",
        "/v1/authors/alice/reports/current?atLeast=, atLeast",
        "/v1/authors/alice/reports/current?wait=5, wait",
        "/v1/authors/alice/reports/current?atLeast=k3f9x2ab-3-1&wait=0, wait",
        "/v1/authors/alice/reports/current?atLeast=k3f9x2ab-3-1&wait=31, wait",
        "/v1/authors/alice/reports?wait=5, wait",
    })
    void malformedParameter_returns400NamingIt(String uri, String parameter) {
        get(uri).assertIsProblem(400, parameter);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, /v1/nothing, */*, 404",
        "GET, /nothing, text/html, 404",
        "GET, /nothing, nonsense, 404",
        "POST, /v1/authors/alice/reports/current, nonsense, 405",
        "GET, /v1/authors/alice, */*, 405",
        "POST, /v1/authors/alice/reports/current, */*, 405",
        "DELETE, /v1/runs, */*, 405",
        "GET, /v1/authors/alice/reports/current, text/csv, 406",
        "GET, /v1/authors/alice/reports, text/html, 406",
        "GET, /v1/reports/2026-W40, image/png, 406",
        "GET, /v1/reports/2026-W40, nonsense, 406",
        "GET, /v1/reports/2026-W40/authors, application/xml, 406",
    })
    void unknownPathMethodOrMediaType_returnsAProblem(HttpMethod method, String uri, String accept, int status) {
        HttpAnswer answer = send(method, uri, null, "Accept", accept);

        assertThat(answer.status()).as(answer.headers() + answer.text()).isEqualTo(status);
        assertThat(answer.mediaType()).isEqualTo("application/problem+json");
        assertThat(answer.text()).contains("\"status\":" + status);
    }

    @Test
    void malformedAccept_stillReturnsTheProblem() {
        get("/v1/authors/alice/reports?format=csv&from=2026-W54", "Accept", "nonsense")
                .assertIsProblem(400, "from");
    }
}
