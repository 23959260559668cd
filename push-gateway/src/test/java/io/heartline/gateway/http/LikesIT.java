package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.EventTime;
import io.heartline.events.Position;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import java.net.URI;
import java.net.http.WebSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Every way to read, on a real broker and real sockets, with a ring so small that most of a replay comes from Kafka. */
@TestPropertySource(
        properties = {
            "heartline.gateway.ring.size=40KB",
            "heartline.gateway.replay.page-events=50",
            "heartline.gateway.replay.records=500"
        })
class LikesIT extends GatewayIT {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @Test
    void webSocket_receivesHello_thenEventsByteForByte() throws Exception {
        WebSocketClient frames = connect("");
        assertThat(frames.next())
                .startsWith("{\"kind\":\"hello\",\"position\":\"" + likes.log.epoch() + "-" + partition + "-")
                .endsWith(",\"recovered\":false,\"heartbeat\":20}");

        String value = TestTopic.like("e-1", author).replace(",\"postId\"", " , \"extra\":{\"café\":[1]},\"postId\"");
        RecordMetadata sent = likes.send(author, value);

        assertThat(frames.next())
                .isEqualTo("{\"kind\":\"like\",\"position\":\""
                        + new Position(likes.log.epoch(), partition, sent.offset())
                        + "\",\"loggedAt\":\"" + EventTime.format(Instant.ofEpochMilli(sent.timestamp()))
                        + "\",\"event\":" + value + "}");
        frames.socket.sendClose(WebSocket.NORMAL_CLOSURE, "").get(30, TimeUnit.SECONDS);
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        registry.get("heartline.gateway.connections").gauge().value() == 0);
    }

    @Test
    void unreadableRecordOfFollowedKey_isCounted_andNextLikeArrives() throws Exception {
        WebSocketClient frames = connect("");
        frames.next();
        double before = unreadable();

        likes.send(author, "\u0000\u0001 these are not the bytes of an event");
        likes.send(author, TestTopic.like("e-2", author));

        assertThat(frames.next()).contains("\"id\":\"e-2\"");
        assertThat(unreadable()).isEqualTo(before + 1);
        frames.socket.abort();
    }

    @Test
    void allTransports_deliverSameFramesInSameOrder_replayedAndLive() throws Exception {
        likes.sendLikes(author, "missed", 120);
        WebSocketClient webSocket = connect("?after=" + start);
        List<ServerSentEvent<String>> events = new ArrayList<>();
        Flux<ServerSentEvent<String>> stream = sse("?after=" + start, null);
        List<String> overWebSocket = new ArrayList<>();
        assertThat(webSocket.next())
                .isEqualTo("{\"kind\":\"hello\",\"position\":\"" + start + "\",\"recovered\":true,\"heartbeat\":20}");
        for (int i = 0; i < 120; i++) {
            overWebSocket.add(webSocket.next());
        }
        likes.sendLikes(author, "live", 5);
        for (int i = 0; i < 5; i++) {
            overWebSocket.add(webSocket.next());
        }
        webSocket.socket.abort();
        stream.take(126).doOnNext(events::add).blockLast(Duration.ofSeconds(30));
        List<String> overPolls = new ArrayList<>();
        List<String> overLongPolls = new ArrayList<>();
        poll("&limit=7", overPolls);
        poll("&wait=1", overLongPolls);

        assertThat(events.remove(0).event()).isEqualTo("hello");
        assertThat(events).extracting(ServerSentEvent::data).isEqualTo(overWebSocket);
        assertThat(events)
                .allSatisfy(event -> assertThat(event.data()).contains("\"position\":\"" + event.id() + "\""));
        assertThat(overPolls).isEqualTo(overWebSocket);
        assertThat(overLongPolls).isEqualTo(overWebSocket);
        assertThat(overWebSocket).hasSize(125).doesNotHaveDuplicates();
    }

    @Test
    void longPoll_isAnsweredWithTheNextLike() throws Exception {
        JsonNode now = ask("");
        assertThat(now.path("frames").size()).isZero();
        assertThat(now.path("recovered").booleanValue()).isFalse();
        var answer = CompletableFuture.supplyAsync(
                () -> ask("?wait=30&after=" + now.path("position").stringValue()));
        await().until(() ->
                registry.get("heartline.gateway.connections").gauge().value() > 0);

        likes.send(author, TestTopic.like("e-1", author));

        JsonNode then = answer.get(25, TimeUnit.SECONDS);
        assertThat(then.path("frames").size()).isEqualTo(1);
        assertThat(then.path("position")).isEqualTo(then.path("frames").get(0).path("position"));
        assertThat(then.path("recovered").booleanValue()).isTrue();
    }

    @Test
    void abortedLike_isNotDelivered_andPositionMovesPastIt() throws Exception {
        Position last = likes.sendLikes(author, "before", 1);

        likes.abort(author, TestTopic.like("aborted", author));

        String end = new Position(last.epoch(), last.partition(), last.offset() + 2).toString();
        await().untilAsserted(
                        () -> assertThat(ask("").path("position").stringValue()).isEqualTo(end));
        assertThat(ask("?after=" + last).path("frames").size()).isZero();
    }

    @Test
    void lastEventId_takesPrecedenceOverAfter() throws Exception {
        likes.sendLikes(author, "a", 3);
        JsonNode all = ask("?after=" + start);
        String second = all.path("frames").get(1).path("position").stringValue();

        ServerSentEvent<String> hello = sse("?after=" + start, second).blockFirst(Duration.ofSeconds(30));

        assertThat(hello.id()).isEqualTo(second);
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "another epoch,             another1-%1$d-0",
        "beyond the log's end,      %2$s-%1$d-999999",
    })
    void unresumablePosition_isReportedInHello_andStreamStartsAtNow(String name, String form) throws Exception {
        Position last = likes.sendLikes(author, "before", 1);
        await().until(() -> ask("").path("position").stringValue().equals(last.toString())); // its now is after that
        String after = form.formatted(partition, likes.log.epoch());

        WebSocketClient frames = connect("?after=" + after);

        String hello = frames.next();
        assertThat(hello).contains("\"recovered\":false").doesNotContain(after);
        likes.send(author, TestTopic.like("now", author));
        assertThat(frames.next()).contains("\"id\":\"now\"");
        frames.socket.abort();
    }

    @Test
    void positionBeyondReplayLimit_isNotRecovered() throws Exception {
        author = likes.author(SPARE_PARTITION); // or the other tests could not resume from the start of theirs
        Position first = likes.sendLikes(author, "first", 1);
        likes.sendLikes(author, "many", 700);

        assertThat(ask("?after=" + first).path("recovered").booleanValue()).isFalse();
    }

    @Test
    void positionBeforeLogStart_isNotRecovered() throws Exception {
        author = likes.author(SPARE_PARTITION);
        Position first = likes.sendLikes(author, "old", 1);
        likes.sendLikes(author, "newer", 200);
        assertThat(ask("?after=" + first).path("recovered").booleanValue()).isTrue();

        likes.deleteBefore(SPARE_PARTITION, first.offset() + 2);

        // for a second the bounds that were asked for above still hold, and the pages that were read then are complete
        await().untilAsserted(() -> assertThat(
                        ask("?after=" + first).path("recovered").booleanValue())
                .isFalse());
    }

    @Test
    void positionOfAnotherPartition_isRefusedWith400() {
        String other = new Position(likes.log.epoch(), (partition + 1) % 4, 0).toString();

        refused("?after=" + other, "after");
    }

    @ParameterizedTest
    @CsvSource({"?after=nonsense,after", "?post=a%20b,post", "?digest=-1,digest", "?wait=31,wait", "?limit=0,limit"})
    void malformedParameter_returns400NamingIt(String query, String parameter) {
        refused(query, parameter);
    }

    @Test
    void malformedAuthor_returnsProblem_alsoToEventSource() {
        http.get()
                .uri("/v1/authors/{author}/likes", "no spaces")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].parameter")
                .isEqualTo("authorId");
    }

    private WebSocketClient connect(String query) throws Exception {
        return WebSocketClient.of("ws://localhost:" + port + "/v1/authors/" + author + "/likes" + query);
    }

    private Flux<ServerSentEvent<String>> sse(String query, String lastEventId) {
        return http.get()
                .uri("/v1/authors/" + author + "/likes" + query)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .headers(headers -> {
                    if (lastEventId != null) {
                        headers.set("Last-Event-ID", lastEventId);
                    }
                })
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("X-Accel-Buffering", "no")
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                .getResponseBody();
    }

    /** Polls from the start until there is nothing more. */
    private void poll(String query, List<String> frames) {
        String after = start;
        for (boolean more = true; more; ) {
            JsonNode answer = ask("?after=" + after + query);
            assertThat(answer.path("recovered").booleanValue()).isTrue();
            answer.path("frames").forEach(frame -> frames.add(frame.toString()));
            after = answer.path("position").stringValue();
            more = answer.path("frames").size() > 0;
        }
    }

    private JsonNode ask(String query) {
        byte[] body = http.get()
                .uri("/v1/authors/" + author + "/likes" + query)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .valueEquals("Cache-Control", "no-store")
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON)
                .expectBody()
                .returnResult()
                .getResponseBody();
        return JSON.readTree(body);
    }

    private void refused(String query, String parameter) {
        http.get()
                .uri(URI.create("http://localhost:" + port + "/v1/authors/" + author + "/likes" + query))
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].parameter")
                .isEqualTo(parameter);
    }

    private double unreadable() {
        return registry.get("heartline.gateway.records")
                .tag("outcome", "unreadable")
                .counter()
                .count();
    }
}
