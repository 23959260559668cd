package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.LikeEvent;
import io.heartline.producer.LikeArrayClient;
import io.heartline.producer.LikeBodies;
import io.heartline.producer.LoggedLikes;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.array.LikeArray;
import io.heartline.producer.like.IngestRequest;
import io.heartline.quickstart.backends.Backends;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;

/** Arrays of likes, and single likes whose size is unknown until they have arrived. */
class LikeArrayIT {

    private static final String TOPIC = Backends.unique("likes");
    private static final LoggedLikes LOGGED = new LoggedLikes(Backends.bootstrapServers(), TOPIC);

    private static RunningProducer producer;

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(TOPIC);
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    /** Returns an array of likes for ten authors. */
    private static String array(String liker, int count) {
        return IntStream.range(0, count)
                .mapToObj(i -> LikeBodies.like("author-" + i % 10, liker + "-" + i))
                .toList()
                .toString();
    }

    private static List<JsonNode> results(JsonNode answer) {
        return answer.path("results").valueStream().toList();
    }

    private static List<String> members(JsonNode answer, String name) {
        return results(answer).stream()
                .map(result -> result.path(name).asString())
                .toList();
    }

    private static int logged() throws Exception {
        return LOGGED.records(LOGGED.log()).size();
    }

    @Test
    void everyLike_isLoggedAtItsPosition_inOrder() throws Exception {
        double acceptedBefore = producer.metric("heartline_producer_accepted_total", "");

        HttpResponse<String> answer = producer.post(array("order", 1000));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
        JsonNode json = RunningProducer.json(answer);
        assertThat(json.path("accepted").intValue()).isEqualTo(1000);
        assertThat(json.path("refused").intValue()).isZero();
        Map<String, LikeEvent> all = LOGGED.all();
        Map<String, Long> lastOffsets = new HashMap<>();
        for (int i = 0; i < 1000; i++) {
            JsonNode result = results(json).get(i);
            String position = result.path("position").stringValue();
            LikeEvent event = all.get(position);
            assertThat(result.path("status").intValue()).isEqualTo(202);
            assertThat(event.id()).isEqualTo(result.path("eventId").stringValue());
            assertThat(event.likerId()).isEqualTo("order-" + i);
            String partition = position.substring(0, position.lastIndexOf('-'));
            long offset = Long.parseLong(position.substring(position.lastIndexOf('-') + 1));
            assertThat(offset).isGreaterThan(lastOffsets.getOrDefault(partition, -1L));
            lastOffsets.put(partition, offset);
        }
        assertThat(producer.metric("heartline_producer_accepted_total", "")).isEqualTo(acceptedBefore + 1000);
    }

    @Test
    void sameKey_givesTheSameEventIds_andNumbersTheItems() throws Exception {
        String body = array("retry", 3).replace("retry-1\"", "retry-1\",\"id\":\"own-id\"");

        JsonNode first = RunningProducer.json(producer.post(body, "Idempotency-Key", "import-7"));
        JsonNode second = RunningProducer.json(producer.post(" " + body + "\n", "Idempotency-Key", "import-7"));

        assertThat(members(first, "eventId")).doesNotHaveDuplicates().isEqualTo(members(second, "eventId"));
        assertThat(members(first, "position")).doesNotContainAnyElementsOf(members(second, "position"));
        HttpResponse<String> single =
                producer.post(LikeBodies.like("author-2", "retry-2"), "Idempotency-Key", "import-7/3");
        assertThat(RunningProducer.json(single).path("eventId").stringValue())
                .isEqualTo(members(first, "eventId").get(2));
    }

    @Test
    void refusedItems_areAnsweredInPlace_andCounted() throws Exception {
        double refusedBefore = producer.metric("heartline_producer_refused_total", "invalid-like");
        String tooLong = "\"" + "x".repeat(IngestRequest.MAX_LIKE_BYTES) + "\"";

        JsonNode answer = RunningProducer.json(producer.post(
                "[7," + LikeBodies.like("alice", "mixed") + "," + tooLong + ",{\"postId\":\"p\",\"authorId\":\"a\"}]"));

        assertThat(members(answer, "status")).containsExactly("400", "202", "413", "400");
        assertThat(answer.at("/results/2/problem/detail").stringValue()).isEqualTo("A like may have 16 KiB.");
        assertThat(answer.at("/results/3/problem/errors/0/pointer").stringValue())
                .isEqualTo("/likerId");
        assertThat(answer.path("accepted").intValue()).isEqualTo(1);
        assertThat(answer.path("refused").intValue()).isEqualTo(3);
        assertThat(producer.metric("heartline_producer_refused_total", "invalid-like"))
                .isEqualTo(refusedBefore + 2);
    }

    @Test
    void nothingIsAccepted_orThereIsNoItem_statusIs200() throws Exception {
        HttpResponse<String> refused = producer.post("[1]");
        HttpResponse<String> empty = producer.post(" [ ] ");

        assertThat(refused.statusCode()).isEqualTo(200);
        assertThat(empty.statusCode()).isEqualTo(200);
        assertThat(empty.body()).isEqualTo("{\"results\":[],\"accepted\":0,\"refused\":0}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\'',
            value = {
                "[LIKE,{]      | /1 | malformed JSON at byte",
                "[LIKE         | '' | malformed JSON: it ends before the array does",
                "[LIKE,]       | '' | malformed JSON at byte",
                "[LIKE] LIKE   | '' | malformed JSON at byte",
            })
    void malformedArray_isRefusedWhole_andNotLogged(String body, String pointer, String detail) throws Exception {
        int before = logged();
        for (String padding : List.of("", " ".repeat(20_000))) { // a short and a long body are read differently
            HttpResponse<String> answer =
                    producer.post(padding + body.replace("LIKE", LikeBodies.like("alice", "malformed")));

            assertThat(answer.statusCode()).isEqualTo(400);
            JsonNode problem = RunningProducer.json(answer);
            assertThat(problem.path("type").stringValue()).isEqualTo("/problems/invalid-like");
            assertThat(problem.at("/errors/0/pointer").stringValue()).isEqualTo(pointer);
            assertThat(problem.at("/errors/0/detail").stringValue()).startsWith(detail);
        }
        assertThat(logged()).isEqualTo(before);
    }

    @Test
    void itemOverTheMaximum_isRefusedWhenItBegins_andNothingIsLogged() throws Exception {
        int before = logged();
        String thousand = array("many", 1000);
        try (LikeArrayClient client = new LikeArrayClient(producer.port)) {
            client.write(thousand.substring(0, thousand.length() - 1))
                    .write(" , ")
                    .write("{");

            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.json().path("type").stringValue()).isEqualTo("/problems/too-large");
            assertThat(client.json().path("detail").stringValue()).contains("at most 1,000 likes and 16 MiB");
        }
        assertThat(logged()).isEqualTo(before);
    }

    @Test
    void bodyOver16MiB_isRefusedWhole_and16MiBAreRead() throws Exception {
        String like = "[" + LikeBodies.like("alice", "large") + "]";
        String max = like + " ".repeat(LikeArray.MAX_BYTES - like.length());

        assertThat(producer.post(max).statusCode()).isEqualTo(200);
        assertThat(producer.post(max + " ").statusCode()).isEqualTo(413);
        try (LikeArrayClient client = new LikeArrayClient(producer.port)) {
            assertThat(client.write(max).end().answer().status()).isEqualTo(200);
        }
        try (LikeArrayClient client = new LikeArrayClient(producer.port)) {
            assertThat(client.write(max).write(" ").answer().status()).isEqualTo(413);
        }
    }

    @Test
    void chunkedBody_inTinyPieces_givesTheSameResults() throws Exception {
        String body = " \n[" + LikeBodies.like("alice", "tiny") + ",\"]\\\"\"," + LikeBodies.like("bob", "tiny") + "] ";
        try (LikeArrayClient client = new LikeArrayClient(producer.port, "Idempotency-Key: tiny")) {
            for (char c : body.toCharArray()) {
                client.write(String.valueOf(c));
            }

            JsonNode answer = client.end().json();

            assertThat(members(answer, "status")).containsExactly("202", "400", "202");
            assertThat(members(answer, "eventId"))
                    .isEqualTo(
                            members(RunningProducer.json(producer.post(body, "Idempotency-Key", "tiny")), "eventId"));
        }
    }

    @Test
    void strictHandling_isAppliedToEachItem() throws Exception {
        String body = "[" + LikeBodies.like("alice", "strict").replace("}", ",\"mood\":1}") + "]";

        HttpResponse<String> strict = producer.post(body, "Prefer", "handling=strict, return=minimal");

        assertThat(strict.headers().firstValue("Preference-Applied")).contains("handling=strict");
        assertThat(members(RunningProducer.json(strict), "status")).containsExactly("400");
        assertThat(members(RunningProducer.json(producer.post(body)), "status")).containsExactly("202");
    }

    @Test
    void singleLikeOfUnknownSize_isReadUpTo16KiB() throws Exception {
        String like = LikeBodies.like("alice", "single").replace("}", ",\"note\":\"\"}");
        String max = like.replace("\"\"", "\"" + "x".repeat(IngestRequest.MAX_LIKE_BYTES - like.length() - 1) + "\"");
        List<Integer> statuses = new ArrayList<>();
        List<String> ids = new ArrayList<>();
        for (String body : List.of(" " + max, "  " + max, " ".repeat(IngestRequest.MAX_LIKE_BYTES + 1), "7", " ")) {
            try (LikeArrayClient client = new LikeArrayClient(producer.port, "Idempotency-Key: unknown")) {
                client.write(body.substring(0, 1));
                if (body.length() > 1) {
                    client.write(body.substring(1));
                }
                statuses.add(client.end().answer().status());
                ids.add(client.json().path("eventId").asString());
            }
        }

        assertThat(statuses).containsExactly(202, 413, 413, 400, 400);
        assertThat(ids.get(0))
                .isEqualTo(RunningProducer.json(producer.post(" " + max, "Idempotency-Key", "unknown"))
                        .path("eventId")
                        .stringValue());
    }

    @Test
    void singleLikeThatIsTooLarge_isRefusedBeforeItsEnd() throws Exception {
        try (LikeArrayClient client = new LikeArrayClient(producer.port)) {
            client.write("{").write("x".repeat(IngestRequest.MAX_LIKE_BYTES));

            assertThat(client.answer().status()).isEqualTo(413);
            assertThat(client.json().path("detail").stringValue()).isEqualTo("A like may have 16 KiB.");
        }
    }
}
