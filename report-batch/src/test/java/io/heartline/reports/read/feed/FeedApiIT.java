package io.heartline.reports.read.feed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.reports.feed.Change;
import io.heartline.reports.feed.ChangeReason;
import io.heartline.reports.feed.ChangeStore;
import io.heartline.reports.feed.FeedCursor;
import io.heartline.reports.feed.FeedStore;
import io.heartline.reports.fold.ReportKey;
import io.heartline.reports.live.EventStream;
import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.DayOfWeek;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.http.HttpMethod;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;

@TestPropertySource(properties = "own-instance=feed-api") // its tests count events of the instance
class FeedApiIT extends AbstractReadApiIT {

    private static final String PATH = "/v1/reports/changes";

    @Autowired
    @Qualifier("feedPermits")
    private ConcurrencyLimit permits;

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);

    private String enter(ChangeReason reason) {
        ChangeStore changes = new ChangeStore(mongo);
        long number = changes.append(List.of(Change.of(new ReportKey(week, author), reason, Instant.now())));
        return cursor(number);
    }

    private String cursor(long number) {
        return new FeedCursor(new FeedStore(mongo).feed().block().id(), number, 0).toString();
    }

    private String end() {
        return cursor(new ChangeStore(mongo).last().block());
    }

    private EventStream open(String query, String... headers) throws Exception {
        return EventStream.open("http://localhost:" + port + PATH + query, headers);
    }

    @Test
    void page_hasTheFiguresOfTheReport() {
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
        String before = end();
        String cursor = enter(ChangeReason.sealed);

        HttpAnswer answer = get(PATH + "?after=" + before);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.headers().getCacheControl()).isEqualTo("no-store");
        assertThat(answer.text())
                .isEqualTo("{\"items\":[{\"cursor\":\"" + cursor
                        + "\",\"reason\":\"sealed\",\"report\":{\"authorId\":\""
                        + author + "\",\"week\":\"" + week + "\",\"from\":\"" + week.atDay(DayOfWeek.MONDAY)
                        + "\",\"to\":\"" + week.atDay(DayOfWeek.SUNDAY) + "\",\"zone\":\"UTC\",\"status\":\"sealed\","
                        + "\"revision\":1,\"likes\":1,\"unlikes\":0,\"likers\":1,\"events\":{\"liked\":1,\"unliked\":0},"
                        + "\"precision\":{\"exact\":true,\"relativeError\":0.0,\"topPostsTooHighBy\":0},\"byDay\":["
                        + answer.json().at("/items/0/report/byDay").toString().substring(1)
                        + ",\"topPosts\":[{\"postId\":\"p-1\",\"likes\":1}]}}],\"next\":\"" + cursor + "\"}");
    }

    @Test
    void erasedReport_hasOnlyItsAuthorAndWeek() {
        String before = end();
        String cursor = enter(ChangeReason.erased);

        assertThat(get(PATH + "?after=" + before).text())
                .isEqualTo(
                        "{\"items\":[{\"cursor\":\"" + cursor + "\",\"reason\":\"erased\",\"report\":{\"authorId\":\""
                                + author + "\",\"week\":\"" + week + "\"}}],\"next\":\"" + cursor + "\"}");
    }

    @ParameterizedTest
    @CsvSource({
        "limit=0, limit",
        "limit=1001, limit",
        "limit=, limit",
        "wait=31, wait",
        "wait=-1, wait",
        "after=, after",
        "after=x, after",
        "after=YS8xLzA, after" // of another feed
    })
    void invalidParameter_isNamed(String query, String parameter) {
        get(PATH + "?" + query).assertIsProblem(400, parameter);
    }

    @ParameterizedTest
    @ValueSource(strings = {"limit=1", "limit=1000", "wait=0", "wait=30"})
    void outermostValues_areAccepted(String query) {
        String before = end();
        enter(ChangeReason.erased);

        assertThat(get(PATH + "?after=" + before + "&" + query).status()).isEqualTo(200);
    }

    @Test
    void limit_cutsThePage_andNextContinues() {
        String before = end();
        String first = enter(ChangeReason.erased);
        String second = enter(ChangeReason.erased);

        HttpAnswer page = get(PATH + "?limit=1&after=" + before);

        assertThat(page.json().path("next").stringValue()).isEqualTo(first);
        assertThat(get(PATH + "?after=" + first).json().at("/items/0/cursor").stringValue())
                .isEqualTo(second);
    }

    @Test
    void wait_endsWithTheNextChange() throws Exception {
        String before = end();
        CompletableFuture<HttpAnswer> answer =
                CompletableFuture.supplyAsync(() -> get(PATH + "?wait=30&after=" + before));
        await().until(() -> permits.acquired() == 1);

        String cursor = enter(ChangeReason.erased);

        assertThat(answer.get().json().path("next").stringValue()).isEqualTo(cursor);
        await().until(() -> permits.acquired() == 0);
    }

    @Test
    void wait_endsWithoutAChange() {
        String before = end();

        HttpAnswer answer = get(PATH + "?wait=1&after=" + before);

        assertThat(answer.text()).isEqualTo("{\"items\":[],\"next\":\"" + before + "\"}");
    }

    @Test
    void cursorBeyondTheEnd_isGone() {
        HttpAnswer answer = get(PATH + "?after=" + cursor(1_000_000));

        assertThat(answer.status()).isEqualTo(410);
        assertThat(answer.mediaType()).isEqualTo("application/problem+json");
        assertThat(answer.json().path("detail").stringValue()).contains("Start over");
    }

    @Test
    void head_hasNoBody_andDoesNotWait() throws Exception {
        HttpAnswer page = send(HttpMethod.HEAD, PATH + "?wait=30&after=" + end(), null);
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.body()).isEmpty();

        HttpAnswer stream = send(HttpMethod.HEAD, PATH, null, "Accept", "text/event-stream");
        assertThat(stream.status()).isEqualTo(200);
        assertThat(stream.mediaType()).isEqualTo("text/event-stream");
    }

    @Test
    void otherMethodsAndMediaTypes_areRefused() {
        assertThat(send(HttpMethod.POST, PATH, null).status()).isEqualTo(405);
        assertThat(get(PATH, "Accept", "text/csv").status()).isEqualTo(406);
    }

    @Test
    void stream_beginsWithTheMissedChanges_andFollowsTheFeed() throws Exception {
        String before = end();
        String first = enter(ChangeReason.erased);
        try (EventStream stream = open("?after=" + before)) {
            assertThat(stream.header("Cache-Control")).isEqualTo("no-store");
            assertThat(stream.header("X-Accel-Buffering")).isEqualTo("no");
            EventStream.Event missed = stream.next();
            assertThat(missed.name()).isEqualTo("change");
            assertThat(missed.id()).isEqualTo(first);
            assertThat(missed.data().path("cursor").stringValue()).isEqualTo(first);
            assertThat(missed.data().at("/report/authorId").stringValue()).isEqualTo(author);

            String second = enter(ChangeReason.erased);
            String third = enter(ChangeReason.erased);

            assertThat(stream.next().id()).isEqualTo(second);
            assertThat(stream.next().id()).isEqualTo(third);
            assertThat(permits.acquired()).isOne();
        }
        await().until(() -> permits.acquired() == 0);
    }

    @Test
    void streamWithoutChanges_beginsWithItsPlace() throws Exception {
        String before = end();
        try (EventStream stream = open("?after=" + before)) {
            EventStream.Event first = stream.next();

            assertThat(first.name()).isEqualTo("next");
            assertThat(first.id()).isEqualTo(before);
            assertThat(first.data().toString()).isEqualTo("{\"next\":\"" + before + "\"}");
        }
    }

    @Test
    void lastEventId_beatsAfter() throws Exception {
        String before = end();
        String first = enter(ChangeReason.erased);
        String second = enter(ChangeReason.erased);
        try (EventStream stream = open("?after=" + before, "Last-Event-ID", first)) {
            assertThat(stream.next().id()).isEqualTo(second);
        }
        try (EventStream refused = open("?after=" + before, "Last-Event-ID", "x")) {
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.header("X-Accel-Buffering")).isNull();
            assertThat(refused.problem().path("detail").stringValue())
                    .isEqualTo("Last-Event-ID must be a cursor of this feed.");
        }
        try (EventStream gone = open("?after=" + cursor(1_000_000))) {
            assertThat(gone.status()).isEqualTo(410);
        }
    }
}
