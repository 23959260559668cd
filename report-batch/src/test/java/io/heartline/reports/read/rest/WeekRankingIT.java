package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;

/** The totals and the ranking of a week over all authors. */
class WeekRankingIT extends AbstractReadApiIT {

    private final YearWeek week = uniqueWeek();
    private final String path = "/v1/reports/" + week;

    @Test
    void totals_areSumsOverAllAuthors_withTheTopAuthors() {
        insertRankedAuthors(week, 25);
        fold("a-unliked", week, unlike("a-unliked", week, DayOfWeek.MONDAY, "p-1", "bob"));

        JsonNode totals = get(path).json();

        assertThat(totals.path("week").stringValue()).isEqualTo(week.toString());
        assertThat(totals.path("authors").intValue()).isEqualTo(26);
        assertThat(totals.path("likes").intValue()).isEqualTo(45 + 45 + 10);
        assertThat(totals.path("unlikes").intValue()).isEqualTo(1);
        assertThat(totals.at("/events/liked").intValue()).isEqualTo(100);
        assertThat(totals.at("/events/unliked").intValue()).isEqualTo(1);
        assertThat(totals.at("/precision/exact").booleanValue()).isTrue();
        assertThat(totals.has("likers"))
                .as("totals have no likers because a person may like several authors")
                .isFalse();
        assertThat(authors(totals.path("topAuthors")))
                .containsExactly(
                        longId(9),
                        longId(19),
                        longId(8),
                        longId(18),
                        longId(7),
                        longId(17),
                        longId(6),
                        longId(16),
                        longId(5),
                        longId(15));
        assertThat(totals.path("topAuthors"))
                .isEqualTo(get(path + "/authors?limit=10").json().path("items"));
    }

    @Test
    void totalsOfAnEmptyWeek_areZeros() {
        JsonNode totals = get(path).json();

        assertThat(totals.path("authors").intValue()).isZero();
        assertThat(totals.path("likes").intValue()).isZero();
        assertThat(totals.path("topAuthors")).isEmpty();
        assertThat(get(path + "/authors").text()).isEqualTo("{\"items\":[],\"next\":null}");
    }

    @Test
    void totals_haveTheErrorOfTheLeastCertainReport() {
        insertRankedAuthors(week, 3);
        mongo.getCollection(ReportStore.COLLECTION)
                .flatMapMany(all -> all.updateOne(
                        new Document("_id", week + "/" + longId(2)),
                        new Document("$set", new Document("exact", false).append("relativeError", 0.02))))
                .blockLast();

        JsonNode precision = get(path).json().path("precision");

        assertThat(precision.path("exact").booleanValue()).isFalse();
        assertThat(precision.path("relativeError").doubleValue()).isEqualTo(0.02);
    }

    @Test
    void rankedAuthor_hasTheFiguresOfItsReport() {
        String author = uniqueAuthor(0);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-2", "bob"),
                unlike(author, week, DayOfWeek.MONDAY, "p-2", "bob"));

        JsonNode first = get(path + "/authors").json().at("/items/0");
        JsonNode report = get("/v1/authors/" + author + "/reports/" + week).json();

        assertThat(first.path("likes").intValue()).isEqualTo(2);
        for (String figure : new String[] {"authorId", "revision", "likes", "unlikes", "likers", "events"}) {
            assertThat(first.path(figure)).as(figure).isEqualTo(report.path(figure));
        }
    }

    @Test
    void pages_containEachAuthorOnce_byLikesDescending_tiesById() {
        List<String> all = new ArrayList<>(insertRankedAuthors(week, 95));
        all.sort(Comparator.<String>comparingInt(author -> -(author.charAt(author.length() - 1) - '0'))
                .thenComparing(Comparator.naturalOrder()));
        insertRankedAuthors(week.plusWeeks(1), 5); // a ranking of another week

        List<String> seen = new ArrayList<>();
        String next = path + "/authors?limit=10";
        int pages = 0;
        while (next != null) {
            HttpAnswer page = get(next);
            List<String> authors = authors(page.json().path("items"));
            seen.addAll(authors);
            assertThat(authors.size()).isEqualTo(pages == 9 ? 5 : 10);
            String link = page.headers().getFirst("Link");
            String cursor = page.json().path("next").stringValue(null);
            next = cursor == null ? null : path + "/authors?limit=10&cursor=" + cursor;
            assertThat(link).isEqualTo(next == null ? null : "<" + next + ">; rel=\"next\"");
            pages++;
        }

        assertThat(seen).isEqualTo(all);
        assertThat(pages).isEqualTo(10);
    }

    @Test
    void pageThatEndsTheRanking_hasNoNext() {
        insertRankedAuthors(week, 5);

        assertThat(get(path + "/authors?limit=5").json().path("next").isNull()).isTrue();
        assertThat(authors(get(path + "/authors").json().path("items"))).hasSize(5);
    }

    @Test
    void cursorOfAnotherWeek_returns400() {
        insertRankedAuthors(week, 5);
        String cursor = get(path + "/authors?limit=2").json().path("next").stringValue();

        get("/v1/reports/" + week.plusWeeks(1) + "/authors?cursor=" + cursor).assertIsProblem(400, "cursor");
    }

    private static List<String> authors(JsonNode items) {
        return items.valueStream()
                .map(item -> item.path("authorId").stringValue())
                .toList();
    }
}
