package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A mirror that is built from the feed alone equals the reports of sealed weeks. Meanwhile SIGKILL ends one of two batches again and
 * again, and the database twice, and authors and likers are erased. The database is the stand-in for MongoDB with {@link DurableWrites}.
 */
@Tag("chaos")
class FeedKillsIT {

    private static final int ROUNDS = 8;
    private static final int AUTHORS = 400;
    private static final Duration SOON = Duration.ofSeconds(120);
    private static final List<String> RANKED = List.of("authorId", "revision", "likes", "unlikes", "likers", "events");
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @RegisterExtension
    static final Deployment HEARTLINE = Deployment.withTwoBatches(
                    "heartline.reports.chunk-size=200",
                    "heartline.reports.lease=5s",
                    "heartline.reports.queue-poll-interval=100ms",
                    "heartline.reports.feed.interval=100ms")
            .withDurableMongo();

    private final Map<String, JsonNode> mirror = new HashMap<>();
    private final Instant old = Instant.now().minus(Duration.ofDays(15));
    private String cursor = "";
    private int likers;

    @Test
    void mirror_equalsTheReportsOfSealedWeeks_afterKillsOfBatchesAndOfTheDatabase() throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            sendOldLikes();
            ServiceProcess killed = round % 2 == 0 ? HEARTLINE.batch() : HEARTLINE.otherBatch();
            ServiceProcess other = round % 2 == 0 ? HEARTLINE.otherBatch() : HEARTLINE.batch();
            String first = cursor;
            await().atMost(SOON)
                    .pollInterval(Duration.ofMillis(20))
                    .until(() -> applyPage(killed) || !cursor.equals(first));
            killed.process().kill();
            if (round == ROUNDS / 4 || round == ROUNDS / 2) {
                HEARTLINE.mongo().kill();
                HEARTLINE.mongo().start();
            }
            erase(other, "author-" + round);
            erase(other, "author-%d/likers/fan-%d".formatted(AUTHORS - 1 - round, AUTHORS - 1 - round));
            killed.start();
            killed.awaitReady();
        }
        await().atMost(SOON).pollInterval(Duration.ofSeconds(1)).untilAsserted(() -> {
            while (applyPage(HEARTLINE.batch())) {
                // the next page may have more
            }
            assertThat(ranked(mirror.values())).isNotEmpty().isEqualTo(stored());
        });
        assertThat(total(mirror.values())).as("likes that were not erased").isGreaterThan(ROUNDS * AUTHORS);
    }

    /** Sends a like of each author in each of three weeks that are sealed already. */
    private void sendOldLikes() throws Exception {
        String likes = IntStream.range(0, 3 * AUTHORS)
                .mapToObj(n -> "{\"postId\":\"p-%d\",\"authorId\":\"author-%d\",\"likerId\":\"fan-%d\",\"at\":\"%s\"}\n"
                        .formatted(n % 8, n % AUTHORS, likers++, old.minus(Duration.ofDays(n / AUTHORS * 7L))))
                .collect(Collectors.joining());
        HttpRequest request = HttpRequest.newBuilder(HEARTLINE.producer().uri("/v1/likes"))
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(likes))
                .build();
        assertThat(HTTP.send(request, BodyHandlers.ofString()).body()).contains("\"accepted\":" + 3 * AUTHORS);
    }

    /** Repeats the erasure until it is complete, as a client does. */
    private static void erase(ServiceProcess batch, String author) {
        HttpRequest request = HttpRequest.newBuilder(batch.uri("/v1/authors/" + author))
                .DELETE()
                .build();
        await().atMost(SOON)
                .ignoreExceptionsInstanceOf(IOException.class)
                .until(() -> HTTP.send(request, BodyHandlers.discarding()).statusCode() == 204);
    }

    /** Applies a page if the batch answers. Returns whether it had an item. */
    private boolean applyPage(ServiceProcess batch) throws Exception {
        String query = cursor.isEmpty() ? "" : "?after=" + cursor;
        var answer = batch.get("/v1/reports/changes" + query);
        if (answer.statusCode() == 503) {
            return false;
        }
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        JsonNode page = JsonMapper.shared().readTree(answer.body());
        for (JsonNode item : page.path("items")) {
            JsonNode report = item.path("report");
            String key = report.path("week").stringValue() + "/"
                    + report.path("authorId").stringValue();
            if (item.path("reason").stringValue().equals("erased")) {
                mirror.remove(key);
            } else {
                mirror.put(key, report);
            }
        }
        boolean isMoved = !page.path("next").stringValue().equals(cursor);
        cursor = page.path("next").stringValue();
        return isMoved;
    }

    /** Returns the stored reports of the three weeks, as the rankings have them. */
    private List<String> stored() throws Exception {
        List<JsonNode> stored = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            var day = old.minus(Duration.ofDays(7L * i)).atOffset(ZoneOffset.UTC);
            String week = "%d-W%02d"
                    .formatted(day.get(IsoFields.WEEK_BASED_YEAR), day.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR));
            String body = HEARTLINE
                    .batch()
                    .get("/v1/reports/" + week + "/authors?limit=1000")
                    .body();
            JsonMapper.shared().readTree(body).path("items").forEach(stored::add);
        }
        return ranked(stored);
    }

    private static List<String> ranked(Iterable<JsonNode> reports) {
        List<String> ranked = new ArrayList<>();
        for (JsonNode report : reports) {
            ranked.add(((ObjectNode) report).deepCopy().retain(RANKED).toString());
        }
        ranked.sort(null);
        return ranked;
    }

    private static long total(Iterable<JsonNode> reports) {
        long likes = 0;
        for (JsonNode report : reports) {
            likes += report.path("likes").longValue();
        }
        return likes;
    }
}
