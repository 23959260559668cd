package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.reports.fold.LikeFixtures;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.fold.WeeklyReport;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.threeten.extra.YearWeek;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** All posts of a week over HTTP: pages, files, and cursors while the week is folded. */
@ResourceLock(AbstractReadApiIT.PROGRESS)
class WeekPostsIT extends AbstractReadApiIT {

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String path = "/v1/authors/" + author + "/reports/" + week + "/posts";

    private WeeklyReport folded(int posts) {
        WeeklyReport report = new WeeklyReport(new ReportKey(week, author), "k3f9x2ab", 0);
        for (int i = 0; i < posts; i++) {
            like(report, i, "p-%04d".formatted(i), "bob");
        }
        return report;
    }

    private void like(WeeklyReport report, int offset, String post, String liker) {
        report.fold(LikeFixtures.HASH, like(author, week, DayOfWeek.MONDAY, post, liker), 0, offset);
    }

    private void save(WeeklyReport report) {
        store.save(List.of(report)).block();
        letReadersSeeReports(author);
    }

    @Test
    void page_hasPostsById_withAllLikes() {
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-2", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-2", "carol"),
                like(author, week, DayOfWeek.MONDAY, "p-2", "carol"));

        assertThat(get(path).text())
                .isEqualTo(
                        "{\"items\":[{\"postId\":\"p-1\",\"likes\":1},{\"postId\":\"p-2\",\"likes\":2}],\"next\":null,\"complete\":true}");
    }

    @Test
    void weekWithoutEvents_hasNoPosts() {
        assertThat(get(path).text()).isEqualTo("{\"items\":[],\"next\":null,\"complete\":true}");
        assertThat(get(path + "?format=csv").text()).isEqualTo("postId,likes,complete\r\n");
        assertThat(get(path + "?format=ndjson").text()).isEqualTo("{\"done\":true,\"items\":0}\n");
    }

    @Test
    void pages_containEachPostOnce_withLinks() {
        save(folded(2_000));

        List<String> seen = new ArrayList<>();
        String next = path + "?limit=300";
        int pages = 0;
        while (next != null) {
            HttpAnswer page = get(next);
            seen.addAll(posts(page.json()));
            assertThat(page.json().path("complete").booleanValue()).isTrue();
            String cursor = page.json().path("next").stringValue(null);
            next = cursor == null ? null : path + "?limit=300&cursor=" + cursor;
            assertThat(page.headers().getFirst("Link")).isEqualTo(next == null ? null : "<" + next + ">; rel=\"next\"");
            pages++;
        }

        assertThat(pages).isEqualTo(7);
        assertThat(seen).hasSize(2_000).isSorted().doesNotHaveDuplicates();
        assertThat(get(path).json().path("items")).hasSize(100);
    }

    @Test
    void beyondTwoThousandPosts_theListIsIncomplete() {
        save(folded(2_001));

        JsonNode page = get(path + "?limit=1000").json();

        assertThat(page.path("complete").booleanValue()).isFalse();
        assertThat(get(path + "?format=csv").text().lines().skip(1))
                .hasSize(2_000)
                .allMatch(line -> line.endsWith(",false"));
    }

    @Test
    void csvAndNdjson_haveThePostsOfJson() {
        WeeklyReport report = folded(250);
        like(report, 250, "=formula", "carol");
        like(report, 251, "p-0007", "carol");
        save(report);
        List<JsonNode> items =
                get(path + "?limit=1000").json().path("items").valueStream().toList();

        List<String> csv = get(path, "Accept", "text/csv").text().lines().toList();
        List<String> ndjson = get(path + "?format=ndjson").text().lines().toList();

        assertThat(csv.get(0)).isEqualTo("postId,likes,complete");
        assertThat(csv.get(1)).as("a text that a spreadsheet must not execute").isEqualTo("'=formula,1,true");
        assertThat(ndjson).last().isEqualTo("{\"done\":true,\"items\":251}");
        for (int i = 0; i < items.size(); i++) {
            String id = items.get(i).path("postId").stringValue();
            assertThat(csv.get(i + 1)).endsWith(id + "," + items.get(i).path("likes") + ",true");
            JsonNode line = JsonMapper.shared().readTree(ndjson.get(i));
            assertThat(line.path("postId")).isEqualTo(items.get(i).path("postId"));
            assertThat(line.path("likes")).isEqualTo(items.get(i).path("likes"));
        }
        get(path + "?format=csv&limit=10").assertIsProblem(400, "limit");
        get(path + "?format=ndjson&cursor=x").assertIsProblem(400, "cursor");
    }

    /** Between two pages, a run adds posts, and likes of posts on both sides of the cursor. */
    @Test
    void cursor_staysValidWhileTheWeekIsFolded_andNoPostIsMissingOrTwice() {
        WeeklyReport report = folded(200);
        save(report);
        Random random = new Random(4);
        Set<String> before = new TreeSet<>();
        for (int i = 0; i < 200; i++) {
            before.add("p-%04d".formatted(i));
        }

        List<String> seen = new ArrayList<>();
        String cursor = "";
        int offset = 200;
        while (cursor != null) {
            JsonNode page = get(path + "?limit=23" + cursor).json();
            seen.addAll(posts(page));
            cursor = page.path("next").isNull()
                    ? null
                    : "&cursor=" + page.path("next").stringValue();
            WeeklyReport stored =
                    store.load(List.of(new ReportKey(week, author))).blockFirst();
            for (int i = 0; i < 30; i++) {
                String post = random.nextBoolean()
                        ? "p-%04d".formatted(random.nextInt(200))
                        : "q-%04d".formatted(random.nextInt(10_000));
                like(stored, offset, post, "l-" + offset++);
            }
            save(stored);
        }

        assertThat(seen).isSorted().doesNotHaveDuplicates().containsAll(before);
    }

    @Test
    void malformedRequests_areRefused_byTheNameOfTheParameter() {
        save(folded(5));
        String cursor = get(path + "?limit=2").json().path("next").stringValue();

        get(path + "?limit=0").assertIsProblem(400, "limit");
        get(path + "?limit=1001").assertIsProblem(400, "limit");
        assertThat(get(path + "?limit=1").status()).isEqualTo(200);
        assertThat(get(path + "?limit=1000").status()).isEqualTo(200);
        get(path + "?cursor=x").assertIsProblem(400, "cursor");
        get(path.replace(week.toString(), week.plusWeeks(1).toString()) + "?cursor=" + cursor)
                .assertIsProblem(400, "cursor");
        get(path.replace(week.toString(), "2026-W54")).assertIsProblem(400, "week");
        get(path.replace(author, "a%20b")).assertIsProblem(400, "authorId");
        setProgress(1, 5, AS_OF);
        assertThat(get(path + "?atLeast=k3f9x2ab-1-4").status()).isEqualTo(200);
        assertThat(get(path + "?atLeast=k3f9x2ab-1-5").status()).isEqualTo(412);
    }

    @Test
    void unchangedPage_isNotModified() {
        save(folded(5));
        HttpAnswer page = get(path + "?limit=2");

        assertThat(get(path + "?limit=2", "If-None-Match", page.headers().getETag())
                        .status())
                .isEqualTo(304);
        assertThat(get(path + "?limit=3", "If-None-Match", page.headers().getETag())
                        .status())
                .isEqualTo(200);
    }

    private static List<String> posts(JsonNode page) {
        return page.path("items")
                .valueStream()
                .map(item -> item.path("postId").stringValue())
                .toList();
    }
}
