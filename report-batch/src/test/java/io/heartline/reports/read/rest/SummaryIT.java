package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import java.time.DayOfWeek;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.springframework.http.HttpMethod;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The summary of an author over HTTP: figures, bounds, formats and freshness. */
@ResourceLock(AbstractReadApiIT.PROGRESS)
class SummaryIT extends AbstractReadApiIT {

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String path = "/v1/authors/" + author + "/summary";
    private final String range = path + "?from=" + week + "&to=" + week.plusWeeks(2);

    private void foldTwoWeeks() {
        setProgress(1, 100, AS_OF);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.SUNDAY, "p-2", "carol"),
                unlike(author, week, DayOfWeek.SUNDAY, "p-2", "carol"));
        YearWeek last = week.plusWeeks(2);
        fold(
                author,
                last,
                like(author, last, DayOfWeek.FRIDAY, "p-1", "bob"),
                like(author, last, DayOfWeek.FRIDAY, "p-1", "dave"));
    }

    @Test
    void summary_sumsTheReports_andCountsEachPersonOnce() {
        foldTwoWeeks();
        for (int partition : new int[] {0, 2, 3}) {
            setProgress(partition, 1, AS_OF);
        }

        JsonNode summary = get(range).json();

        assertThat(summary.propertyNames())
                .containsExactly(
                        "authorId",
                        "from",
                        "to",
                        "zone",
                        "likes",
                        "unlikes",
                        "likers",
                        "likersError",
                        "events",
                        "byWeek",
                        "byMonth",
                        "byDay",
                        "asOf",
                        "through");
        assertThat(summary.path("from").stringValue())
                .isEqualTo(week.atDay(DayOfWeek.MONDAY).toString());
        assertThat(summary.path("to").stringValue())
                .isEqualTo(week.plusWeeks(2).atDay(DayOfWeek.SUNDAY).toString());
        assertThat(summary.path("likes").intValue()).isEqualTo(4);
        assertThat(summary.path("unlikes").intValue()).isEqualTo(1);
        assertThat(summary.path("likers").intValue()).isEqualTo(3);
        assertThat(summary.path("likersError").doubleValue()).isZero();
        assertThat(summary.path("events").toString()).isEqualTo("{\"liked\":4,\"unliked\":1}");
        assertThat(summary.path("byWeek").toString())
                .isEqualTo(
                        "[{\"week\":\"%s\",\"likes\":2,\"unlikes\":1,\"likers\":2},{\"week\":\"%s\",\"likes\":0,\"unlikes\":0,\"likers\":0},{\"week\":\"%s\",\"likes\":2,\"unlikes\":0,\"likers\":2}]"
                                .formatted(week, week.plusWeeks(1), week.plusWeeks(2)));
        assertThat(summary.path("byDay")).hasSize(21);
        assertThat(summary.path("asOf").stringValue()).isEqualTo(AS_OF.toString());
        assertThat(summary.path("through").stringValue()).endsWith("-1-99");
    }

    @Test
    void summary_agreesWithTheReportsOfTheSameRange() {
        foldTwoWeeks();

        JsonNode summary = get(range).json();
        JsonNode reports = get(range.replace("/summary", "/reports")).json().path("items");

        for (int i = 0; i < 3; i++) {
            for (String figure : new String[] {"week", "likes", "unlikes", "likers"}) {
                assertThat(summary.path("byWeek").get(i).path(figure))
                        .isEqualTo(reports.get(i).path(figure));
            }
        }
        List<JsonNode> days = reports.valueStream()
                .flatMap(report -> report.path("byDay").valueStream())
                .toList();
        assertThat(summary.path("byDay").valueStream().toList()).isEqualTo(days);
        assertThat(summary.path("asOf")).isEqualTo(reports.get(2).path("asOf"));
        assertThat(summary.path("through")).isEqualTo(reports.get(2).path("through"));
    }

    @Test
    void withoutRange_thereAreTwelveWeeks_andAtMostFiftyThree() {
        assertThat(get(path).json().path("byWeek")).hasSize(12);
        assertThat(get(path + "?from=2020-W01&to=2020-W53").json().path("byWeek"))
                .hasSize(53);
        get(path + "?from=2020-W01&to=2021-W01").assertIsProblem(400, "from");
        get(path + "?from=2021-W02&to=2021-W01").assertIsProblem(400, "from");
        get(path + "?to=2099-W01").assertIsProblem(400, "to");
        get(path + "?wait=1").assertIsProblem(400, "wait");
        get(path + "?atLeast=x").assertIsProblem(400, "atLeast");
        get(path + "?format=xml").assertIsProblem(400, "format");
        get("/v1/authors/a%20b/summary").assertIsProblem(400, "authorId");
    }

    @Test
    void ndjsonAndCsv_haveTheFiguresOfJson() {
        foldTwoWeeks();
        JsonNode summary = get(range).json();

        List<String> lines = get(range + "&format=ndjson").text().lines().toList();
        List<String> csv = get(range, "Accept", "text/csv").text().lines().toList();

        List<JsonNode> items = lines.subList(0, lines.size() - 1).stream()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        assertThat(lines.get(lines.size() - 1)).isEqualTo("{\"done\":true,\"items\":" + items.size() + "}");
        for (String figure : new String[] {
            "authorId", "zone", "likes", "unlikes", "likers", "likersError", "events", "asOf", "through"
        }) {
            assertThat(items.get(0).path(figure)).as(figure).isEqualTo(summary.path(figure));
        }
        assertThat(ofPeriod(items, "week", "week", "likes", "unlikes", "likers"))
                .isEqualTo(summary.path("byWeek").toString());
        assertThat(ofPeriod(items, "month", "month", "likes", "complete"))
                .isEqualTo(summary.path("byMonth").toString());
        assertThat(ofPeriod(items, "day", "date", "likes"))
                .isEqualTo(summary.path("byDay").toString());
        String[] columns = csv.get(0).split(",");
        assertThat(csv).hasSize(items.size() + 1);
        for (int i = 0; i < items.size(); i++) {
            String[] cells = csv.get(i + 1).split(",", -1);
            for (int column = 0; column < columns.length; column++) {
                JsonNode value = columns[column].startsWith("events")
                        ? items.get(i)
                                .path("events")
                                .path(columns[column].substring(6).toLowerCase(Locale.ROOT))
                        : items.get(i).path(columns[column]);
                assertThat(cells[column]).as(columns[column]).isEqualTo(value.asString(""));
            }
        }
    }

    /** Returns the items of one period as an array, with the fields that they have in JSON. */
    private static String ofPeriod(List<JsonNode> items, String period, String nameInJson, String... figures) {
        return items.stream()
                .filter(item -> item.path("period").stringValue().equals(period))
                .map(item -> Stream.concat(
                                Stream.of("\"" + nameInJson + "\":" + item.path("name")),
                                Stream.of(figures).map(figure -> "\"" + figure + "\":" + item.path(figure)))
                        .collect(Collectors.joining(",", "{", "}")))
                .collect(Collectors.joining(",", "[", "]"));
    }

    @Test
    void unchangedSummary_isNotModified_andAnotherFormatHasAnotherTag() {
        foldTwoWeeks();
        String tag = get(range).headers().getETag();

        setProgress(1, 200, AS_OF.plusSeconds(60));
        HttpAnswer unchanged = get(range, "If-None-Match", tag);

        assertThat(unchanged.status()).isEqualTo(304);
        assertThat(unchanged.body()).isEmpty();
        assertThat(get(range, "If-None-Match", tag, "Accept", "text/csv").status())
                .isEqualTo(200);
        fold(author, week.plusWeeks(1), like(author, week.plusWeeks(1), DayOfWeek.MONDAY, "p-1", "erin"));
        assertThat(get(range, "If-None-Match", tag).status()).isEqualTo(200);
    }

    @Test
    void positionThatIsNotIncluded_returns412() {
        setProgress(1, 100, AS_OF);

        assertThat(get(range + "&atLeast=k3f9x2ab-1-99").status()).isEqualTo(200);
        HttpAnswer refused = get(range + "&atLeast=k3f9x2ab-1-100");
        assertThat(refused.status()).isEqualTo(412);
        assertThat(refused.json().path("through").stringValue()).isEqualTo("k3f9x2ab-1-99");
    }

    @Test
    void headRequest_hasTheHeadersOnly() {
        HttpAnswer head = send(HttpMethod.HEAD, range, null);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
        assertThat(head.headers().getETag()).startsWith("W/\"json-");
    }

    /** 53 weeks of 16 384 likers each, of whom half liked in the week before, too. */
    @Test
    void yearOfFullSets_isEstimatedWithinItsError() {
        int full = 16_384;
        YearWeek first = YearWeek.of(2015, 1);
        for (int i = 0; i < 53; i++) {
            YearWeek one = first.plusWeeks(i);
            WeeklyReport report = new WeeklyReport(new ReportKey(one, author), "k3f9x2ab", 0);
            for (int liker = 0; liker < full; liker++) {
                report.fold(
                        LikeFixtures.HASH,
                        like(author, one, DayOfWeek.MONDAY, "p-1", "l-" + (i * full / 2 + liker)),
                        0,
                        liker);
            }
            store.save(List.of(report)).block();
        }
        letReadersSeeReports(author);

        JsonNode summary =
                get(path + "?from=" + first + "&to=" + first.plusWeeks(52)).json();

        assertThat(summary.path("likes").longValue()).isEqualTo(53L * full);
        double error = summary.path("likersError").doubleValue();
        assertThat(error).isBetween(1.0, 0.01 * 54 * full / 2);
        assertThat(summary.path("likers").doubleValue()).isCloseTo(54 * full / 2, within(5 * error / 3));
    }
}
