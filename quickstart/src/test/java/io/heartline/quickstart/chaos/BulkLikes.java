package io.heartline.quickstart.chaos;

import io.heartline.events.Position;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Sends many likes of one author in one request. */
final class BulkLikes {

    private static final AtomicInteger LIKERS = new AtomicInteger();
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    private BulkLikes() {}

    /** Returns the positions of the likes, in the order of the likes, after all have been acknowledged. */
    static List<Position> send(ServiceProcess producer, String author, int count)
            throws IOException, InterruptedException {
        String likes = IntStream.range(0, count)
                .mapToObj(n -> "{\"postId\":\"p-%d\",\"authorId\":\"%s\",\"likerId\":\"fan-%d\"}\n"
                        .formatted(n % 8, author, LIKERS.getAndIncrement()))
                .collect(Collectors.joining());
        HttpRequest request = HttpRequest.newBuilder(producer.uri("/v1/likes"))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/x-ndjson")
                .POST(BodyPublishers.ofString(likes))
                .build();
        List<JsonNode> lines = HTTP.send(request, BodyHandlers.ofString())
                .body()
                .lines()
                .map(line -> JsonMapper.shared().readTree(line))
                .toList();
        JsonNode last = lines.get(lines.size() - 1);
        if (last.path("accepted").asInt(-1) != count) {
            throw new IOException("not all of " + count + " likes were accepted: " + last);
        }
        return lines.stream()
                .limit(count)
                .map(line -> Position.parse(line.path("position").stringValue()))
                .toList();
    }
}
