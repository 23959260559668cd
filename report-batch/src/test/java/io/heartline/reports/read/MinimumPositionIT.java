package io.heartline.reports.read;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.web.limit.ConcurrencyLimit;
import java.time.DayOfWeek;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.test.context.TestPropertySource;
import org.threeten.extra.YearWeek;

/** Requests for reports that must include a minimum position. */
@TestPropertySource(properties = "heartline.reports.read.waiting=5")
class MinimumPositionIT extends AbstractReadApiIT {

    private static final int PARTITION = 3;

    @Autowired
    @Qualifier("waiting")
    private ConcurrencyLimit waiting;

    private final String author = uniqueAuthor(PARTITION);
    private final String path = "/v1/authors/" + author + "/reports/current?atLeast=";

    // not the common pool: each call blocks a thread, and on two cores that pool has one thread
    private final ExecutorService callers = Executors.newCachedThreadPool();

    @AfterEach
    void stopCallers() {
        callers.shutdownNow();
    }

    @BeforeEach
    void foldedUpToOffset99() {
        setProgress(PARTITION, 100, AS_OF);
    }

    @Test
    void positionBelowProgress_isIncluded() {
        for (long offset : new long[] {Position.BEFORE_FIRST, 0, 99}) {
            HttpAnswer answer = get(path + position(PARTITION, offset));
            assertThat(answer.status()).as("offset " + offset).isEqualTo(200);
            assertThat(answer.json().path("through").stringValue()).isEqualTo(EPOCH + "-3-99");
        }
        assertThat(get("/v1/authors/" + author + "/reports?atLeast=" + position(PARTITION, 99))
                        .status())
                .isEqualTo(200);
    }

    @Test
    void positionInTheReport_isIncludedBeforeProgressIsSaved() {
        setProgress(PARTITION, 1, AS_OF);
        YearWeek week = YearWeek.of(2026, 40);
        fold(
                author,
                week,
                like(author, week, DayOfWeek.MONDAY, "p-1", "bob"),
                like(author, week, DayOfWeek.MONDAY, "p-1", "eve"));
        String report = "/v1/authors/" + author + "/reports/2026-W40?atLeast=";

        HttpAnswer included = get(report + position(PARTITION, 1));
        assertThat(included.status()).isEqualTo(200);
        assertThat(included.json().path("likes").intValue()).isEqualTo(2);
        assertThat(get(report + position(PARTITION, 2)).status()).isEqualTo(412);
        assertThat(get(path + position(PARTITION, 1)).status())
                .as("the position is not included in another week's report")
                .isEqualTo(412);
    }

    @Test
    void missingPosition_returns412_withThroughAndRetryAfter() {
        for (String uri : new String[] {path, "/v1/authors/" + author + "/reports?format=csv&atLeast="}) {
            HttpAnswer answer = get(uri + position(PARTITION, 100));

            assertThat(answer.status()).isEqualTo(412);
            assertThat(answer.mediaType()).isEqualTo("application/problem+json");
            assertThat(answer.json().path("through").stringValue()).isEqualTo(EPOCH + "-3-99");
            assertThat(answer.json().path("detail").stringValue()).isEqualTo(EPOCH + "-3-100 is not included yet.");
            assertThat(answer.headers().getFirst("Retry-After")).isEqualTo("10");
        }
    }

    @Test
    void positionOfAnotherLog_returns412Immediately() {
        HttpAnswer answer = get(path + "other000-3-1&wait=30");

        assertThat(answer.status()).isEqualTo(412);
        assertThat(answer.json().path("through").stringValue()).isEqualTo(EPOCH + "-3-99");
        assertThat(answer.json().path("detail").stringValue()).contains("another log");
    }

    @Test
    void positionOfAnotherPartition_returns400() {
        get(path + position(2, 1)).assertIsProblem(400, "atLeast");
        get(path + position(2, 1_000) + "&wait=30").assertIsProblem(400, "atLeast");
        get(path + position(77, 1)).assertIsProblem(400, "atLeast");
    }

    @Test
    void waitingRequest_isAnsweredByTheRunThatIncludesThePosition() throws Exception {
        CompletableFuture<HttpAnswer> pending =
                CompletableFuture.supplyAsync(() -> get(path + position(PARTITION, 120) + "&wait=30"), callers);
        await().until(() -> waiting.acquired() == 1);

        setProgress(PARTITION, 110, AS_OF);
        assertThat(pending).isNotDone();
        setProgress(PARTITION, 121, AS_OF.plusSeconds(300));

        HttpAnswer answer = pending.get(30, TimeUnit.SECONDS);
        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("through").stringValue()).isEqualTo(EPOCH + "-3-120");
        await().until(() -> waiting.acquired() == 0);
    }

    @Test
    void waitingRequest_timesOutWith412() {
        long start = System.nanoTime();
        HttpAnswer answer = get(path + position(PARTITION, 100) + "&wait=1");

        assertThat(answer.status()).isEqualTo(412);
        assertThat(System.nanoTime() - start).isGreaterThan(TimeUnit.SECONDS.toNanos(1));
        await().until(() -> waiting.acquired() == 0);
    }

    @Test
    void atMaxWaiting_nextRequestReturns503() throws Exception {
        List<CompletableFuture<HttpAnswer>> pending = new ArrayList<>();
        for (int i = 0; i < 5; i++) {
            pending.add(
                    CompletableFuture.supplyAsync(() -> get(path + position(PARTITION, 100) + "&wait=30"), callers));
        }
        await().until(() -> waiting.acquired() == 5);

        HttpAnswer refused = get(path + position(PARTITION, 100) + "&wait=30");

        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.mediaType()).isEqualTo("application/problem+json");
        assertThat(refused.headers().getFirst("Retry-After")).isEqualTo("5");
        setProgress(PARTITION, 101, AS_OF);
        for (CompletableFuture<HttpAnswer> wait : pending) {
            assertThat(wait.get(30, TimeUnit.SECONDS).status()).isEqualTo(200);
        }
        await().until(() -> waiting.acquired() == 0);
    }

    private static String position(int partition, long offset) {
        return new Position(EPOCH, partition, offset).toString();
    }
}
