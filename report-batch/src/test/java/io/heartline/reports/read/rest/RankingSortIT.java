package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.ReportStore;
import io.heartline.reports.ranking.RankingSort;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.bson.Document;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The rankings by likes, likers and growth, compared with a sort of all authors in memory. */
class RankingSortIT extends AbstractReadApiIT {

    private static final int AUTHORS = 60;

    private final YearWeek week = uniqueWeek();
    private final String path = "/v1/reports/" + week + "/authors";
    private final List<Ranked> authors = new ArrayList<>();

    /** @param growth null for a report of a release without growth */
    private record Ranked(
            String id, long likes, long likers, @Nullable Long growth) {

        @Nullable
        Long figure(RankingSort sort) {
            return switch (sort) {
                case likes -> likes;
                case likers -> likers;
                case growth -> growth;
            };
        }
    }

    @BeforeEach
    void insertAuthors() {
        Random random = new Random(7);
        List<Document> documents = new ArrayList<>();
        for (int i = 0; i < AUTHORS; i++) {
            long likes = random.nextInt(8);
            Long growth = random.nextInt(4) == 0 ? null : random.nextLong(11) - 5;
            Ranked author = new Ranked("a-%02d".formatted(i), likes, Math.min(likes, random.nextInt(5)), growth);
            authors.add(author);
            Document document = new Document("_id", week + "/" + author.id)
                    .append("week", week.toString())
                    .append("authorId", author.id)
                    .append("revision", 1)
                    .append("likes", likes)
                    .append("unlikes", 0L)
                    .append("likers", author.likers)
                    .append("events", new Document("liked", likes).append("unliked", 0L))
                    .append("exact", true)
                    .append("relativeError", 0.0);
            documents.add(growth == null ? document : document.append("growth", growth));
        }
        Collections.shuffle(documents, random);
        mongo.getCollection(ReportStore.COLLECTION)
                .flatMapMany(all -> all.insertMany(documents))
                .blockLast();
    }

    private List<String> sorted(RankingSort sort) {
        return authors.stream()
                .sorted(Comparator.comparing(
                                (Ranked author) -> author.figure(sort),
                                Comparator.nullsLast(Comparator.<Long>reverseOrder()))
                        .thenComparing(Ranked::id))
                .map(Ranked::id)
                .toList();
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void pages_containEachAuthorOnce_inTheOrderOfTheSort(RankingSort sort) {
        for (int limit : new int[] {1, 7, AUTHORS - 1, AUTHORS, 1_000}) {
            List<String> seen = new ArrayList<>();
            String next = path + "?sort=" + sort + "&limit=" + limit;
            while (next != null) {
                HttpAnswer page = get(next);
                seen.addAll(ids(page.json().path("items")));
                String link = page.headers().getFirst("Link");
                next = link == null ? null : link.substring(1, link.indexOf('>'));
            }

            assertThat(seen).isEqualTo(sorted(sort));
        }
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void files_haveTheWholeRanking_inTheSameOrder(RankingSort sort) {
        String file = path + "?sort=" + sort;
        List<JsonNode> items =
                get(file + "&limit=1000").json().path("items").valueStream().toList();

        List<String> ndjson = get(file + "&format=ndjson").text().lines().toList();
        List<String> csv = get(file + "&format=csv").text().lines().toList();

        assertThat(ndjson.subList(0, AUTHORS))
                .map(JsonMapper.shared()::readTree)
                .isEqualTo(items);
        assertThat(csv.get(0))
                .isEqualTo(
                        "authorId,revision,likes,unlikes,likers,growth,eventsLiked,eventsUnliked,exact,relativeError");
        for (int i = 0; i < AUTHORS; i++) {
            String[] cells = csv.get(i + 1).split(",");
            assertThat(cells[0]).isEqualTo(items.get(i).path("authorId").stringValue());
            assertThat(cells[5]).isEqualTo(items.get(i).path("growth").asString(""));
        }
    }

    @Test
    void default_isByLikes() {
        assertThat(get(path + "?limit=1000").text())
                .isEqualTo(get(path + "?limit=1000&sort=likes").text());
    }

    @Test
    void authorWithoutGrowth_comesLast_withNull() {
        JsonNode items = get(path + "?sort=growth&limit=1000").json().path("items");

        assertThat(items.get(AUTHORS - 1).path("growth").isNull()).isTrue();
        assertThat(items.get(0).path("growth").longValue()).isEqualTo(5);
    }

    @ParameterizedTest
    @EnumSource(RankingSort.class)
    void cursor_isValidForItsSortOnly(RankingSort sort) {
        String cursor = get(path + "?limit=5&sort=" + sort).json().path("next").stringValue();

        for (RankingSort other : RankingSort.values()) {
            HttpAnswer answer = get(path + "?limit=5&sort=" + other + "&cursor=" + cursor);
            if (other == sort) {
                assertThat(answer.status()).isEqualTo(200);
            } else {
                answer.assertIsProblem(400, "cursor");
            }
        }
    }

    @Test
    void unknownSort_isRefused() {
        get(path + "?sort=unlikes").assertIsProblem(400, "sort");
        get(path + "?sort=").assertIsProblem(400, "sort");
        get(path + "?sort=unlikes&format=csv").assertIsProblem(400, "sort");
    }

    private static List<String> ids(JsonNode items) {
        return items.valueStream()
                .map(item -> item.path("authorId").stringValue())
                .toList();
    }
}
