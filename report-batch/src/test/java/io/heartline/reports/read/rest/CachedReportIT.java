package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.reports.read.AbstractReadApiIT;
import io.heartline.reports.read.HttpAnswer;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.DayOfWeek;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.mock.http.server.reactive.MockServerHttpRequest;
import org.springframework.mock.web.server.MockServerWebExchange;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;

/** The answer to a request whose report is cached, beside the answers of {@link AuthorReportsController}. */
@TestPropertySource(properties = "own-instance=cached-reports") // its tests count events of the instance
class CachedReportIT extends AbstractReadApiIT {

    private static final Set<String> OF_EACH_RESPONSE = Set.of("Request-Id", "Date");

    @Autowired
    private MeterRegistry registry;

    @Autowired
    private CachedReportMapping mapping;

    private final YearWeek week = uniqueWeek();
    private final String author = uniqueAuthor(1);
    private final String path = "/v1/authors/" + author + "/reports/" + week;

    @BeforeEach
    void reportIsFolded() {
        for (int partition = 0; partition < 4; partition++) {
            setProgress(partition, 10, AS_OF);
        }
        fold(author, week, like(author, week, DayOfWeek.MONDAY, "p-1", "bob"));
    }

    private double count(String result) {
        return registry.get("heartline.reports.read.cache")
                .tag("result", result)
                .counter()
                .count();
    }

    private static HttpHeaders comparable(HttpAnswer answer) {
        HttpHeaders headers = new HttpHeaders();
        headers.addAll(answer.headers());
        OF_EACH_RESPONSE.forEach(headers::remove);
        return headers;
    }

    @Test
    void cachedReport_hasTheResponseOfAReadReport() {
        HttpAnswer read = get(path);
        double hits = count("hit");

        HttpAnswer cached = get(path);
        HttpAnswer byController = get(path, "Accept", "application/json, */*");

        assertThat(count("hit") - hits).isEqualTo(2);
        assertThat(cached.status()).isEqualTo(200);
        assertThat(cached.body()).isEqualTo(read.body()).isEqualTo(byController.body());
        assertThat(comparable(cached)).isEqualTo(comparable(read)).isEqualTo(comparable(byController));
    }

    @Test
    void onlyCachedReport_isAnsweredBeforeTheController() {
        assertThat(hasHandler(path)).isFalse();

        await().until(
                        () -> { // repeats the read, because a snapshot of progress is recent for 100 ms only
                            get(path);
                            return hasHandler(path);
                        });
        assertThat(hasHandler(path + "?wait=1")).isFalse();
    }

    private boolean hasHandler(String uri) {
        return mapping.getHandler(MockServerWebExchange.from(MockServerHttpRequest.get(uri)))
                .hasElement()
                .block();
    }

    @Test
    void cachedReport_withItsTag_is304() {
        String tag = get(path).headers().getETag();

        HttpAnswer cached = get(path, "If-None-Match", tag);
        HttpAnswer byController = get(path, "If-None-Match", tag, "Accept", "application/json, */*");

        assertThat(cached.status()).isEqualTo(304);
        assertThat(comparable(cached)).isEqualTo(comparable(byController));
        assertThat(get(path, "If-None-Match", "W/\"json-1\"").status()).isEqualTo(200);
    }

    @Test
    void cachedReport_isMeasuredUnderItsPath() {
        get(path);
        await().until(() -> measuredRequests() > 0);
        double hits = count("hit");
        long before = measuredRequests();

        get(path);
        get(path);

        assertThat(count("hit") - hits).isEqualTo(2);
        await().until(() -> measuredRequests() >= before + 2);
    }

    /** Returns the number of successful requests of reports, which are counted shortly after their end. */
    private long measuredRequests() {
        Timer timer = registry.find("http.server.requests")
                .tag("uri", LiveReportHandler.PATH)
                .tag("status", "200")
                .tag("method", "GET")
                .timer();
        return timer == null ? 0 : timer.count();
    }

    @Test
    void changedReport_isReadAgain() {
        get(path);
        fold(
                author,
                week.plusWeeks(1),
                like(author, week.plusWeeks(1), DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week.plusWeeks(1), DayOfWeek.MONDAY, "p-2", "bob"));
        double misses = count("miss");

        assertThat(get(path).status()).isEqualTo(200);

        assertThat(count("miss") - misses).isEqualTo(1);
    }

    @Test
    void range_ofCachedReports_isNotRead() {
        String range = "/v1/authors/" + author + "/reports?from=" + week + "&to=" + week.plusWeeks(2);
        HttpAnswer read = get(range);
        double misses = count("miss");

        assertThat(get(range).body()).isEqualTo(read.body());

        assertThat(count("miss") - misses).isZero();
    }

    @Test
    void headRequest_hasNoBody() {
        get(path);

        HttpAnswer head = send(HttpMethod.HEAD, path, null);

        assertThat(head.status()).isEqualTo(200);
        assertThat(head.body()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/", "?atLeast=nonsense", "?wait=1"})
    void otherRequestsOfTheSameReport_goToTheController(String suffix) {
        get(path);

        assertThat(get(path + suffix).status()).isIn(400, 404);
    }
}
