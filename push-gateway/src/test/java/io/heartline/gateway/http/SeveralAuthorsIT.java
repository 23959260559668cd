package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.EventTime;
import io.heartline.events.Position;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import io.heartline.gateway.stream.PositionList;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Several authors with every way to read, on a real broker, with a ring so small that most of a replay comes from Kafka. */
@TestPropertySource(properties = {"heartline.gateway.ring.size=40KB", "heartline.gateway.replay.page-events=50"})
class SeveralAuthorsIT extends GatewayIT {

    private static final JsonMapper JSON = JsonMapper.shared();

    private String alice;
    private String bob;
    private String carol;
    private String fromStart;

    @BeforeEach
    void createAuthors() {
        alice = likes.author(0);
        bob = likes.author(1);
        carol = likes.author(0);
        fromStart = likes.log.epoch() + "-0-start," + likes.log.epoch() + "-1-start";
    }

    @Test
    void eachWay_deliversEveryLike_inOrderOfPartition_afterTheHellos() throws Exception {
        likes.sendLikes(alice, "a", 60);
        likes.sendLikes(bob, "b", 50);
        likes.sendLikes(carol, "c", 20);
        List<String> all = new ArrayList<>(ids("a", 60));
        all.addAll(ids("b", 50));
        all.addAll(ids("c", 20));

        WebSocketClient webSocket = connect("&after=" + fromStart);
        List<JsonNode> frames = frames(webSocket, 133);
        webSocket.socket.abort();
        List<ServerSentEvent<String>> events = sse("&after=" + fromStart, null)
                .filter(event -> !"position".equals(event.event()))
                .take(133)
                .collectList()
                .block(Duration.ofSeconds(30));
        List<JsonNode> polled = pollAll("&limit=7");
        List<JsonNode> longPolled = pollAll("&wait=1");

        assertThat(frames.subList(0, 3))
                .extracting(frame -> frame.path("author").stringValue())
                .containsExactly(alice, bob, carol);
        assertThat(frames.subList(0, 3)).allSatisfy(hello -> {
            assertThat(hello.path("kind").stringValue()).isEqualTo("hello");
            assertThat(hello.path("recovered").booleanValue()).isTrue();
        });
        assertThat(ids(frames)).containsExactlyInAnyOrderElementsOf(all);
        assertSorted(frames);
        List<JsonNode> sent =
                events.stream().map(event -> JSON.readTree(event.data())).toList();
        assertThat(ids(sent)).containsExactlyInAnyOrderElementsOf(all);
        assertSorted(sent);
        assertThat(events)
                .allSatisfy(event -> assertThat(PositionList.parse(event.id()).positions())
                        .extracting(Position::partition)
                        .containsExactly(0, 1));
        assertThat(ids(polled)).containsExactlyInAnyOrderElementsOf(all);
        assertSorted(polled);
        assertThat(ids(longPolled)).containsExactlyInAnyOrderElementsOf(all);
    }

    @Test
    void lastEventId_resumesEveryPartition() throws Exception {
        likes.sendLikes(alice, "a", 10);
        likes.sendLikes(bob, "b", 10);
        List<ServerSentEvent<String>> first = sse("&after=" + fromStart, null)
                .filter(event -> !"position".equals(event.event()))
                .take(3 + 13)
                .collectList()
                .block(Duration.ofSeconds(30));

        List<ServerSentEvent<String>> rest = sse(
                        "&after=nonsense", first.get(first.size() - 1).id())
                .filter(event -> !"position".equals(event.event()))
                .take(3 + 7)
                .collectList()
                .block(Duration.ofSeconds(30));

        List<JsonNode> both = new ArrayList<>();
        first.forEach(event -> both.add(JSON.readTree(event.data())));
        rest.forEach(event -> both.add(JSON.readTree(event.data())));
        assertThat(ids(both)).hasSize(20).containsAll(ids("a", 10)).containsAll(ids("b", 10));
    }

    @Test
    void pollWithoutStart_hasHellosOnly_andEveryPartition() {
        JsonNode now = ask("");

        assertThat(now.path("frames").valueStream().map(frame -> frame.path("kind")
                        .stringValue()))
                .containsExactly("hello", "hello", "hello");
        assertThat(PositionList.parse(now.path("position").stringValue()).positions())
                .extracting(Position::partition)
                .containsExactly(0, 1);
        assertThat(now.path("recovered").booleanValue()).isFalse();
        assertThat(now.path("more").booleanValue()).isFalse();
    }

    @Test
    void pollOfOnePartitionsPosition_recoversOnlyItsAuthors() {
        JsonNode answer = ask("&after=" + likes.log.epoch() + "-0-start");

        assertThat(answer.path("frames").valueStream().map(frame -> frame.path("recovered")
                        .booleanValue()))
                .containsExactly(true, false, true);
        assertThat(answer.path("recovered").booleanValue()).isFalse();
    }

    @Test
    void longPoll_isAnsweredWithTheNextLike_ofAnyAuthor() throws Exception {
        String now = ask("").path("position").stringValue();
        var answer = CompletableFuture.supplyAsync(() -> ask("&wait=30&after=" + now));
        await().until(() ->
                registry.get("heartline.gateway.connections").gauge().value() > 0);

        Position sent = likes.sendLikes(bob, "b", 1);

        JsonNode then = answer.get(25, TimeUnit.SECONDS);
        assertThat(ids(frames(then))).containsExactly("b-0");
        PositionList position = PositionList.parse(then.path("position").stringValue());
        assertThat(position.of(1)).isEqualTo(sent);
        assertThat(position.of(0)).isNotNull();
        assertThat(then.path("recovered").booleanValue()).isTrue();
    }

    @Test
    void since_startsAtTheFirstRecordOfThatTime_onBothResources() throws Exception {
        likes.sendLikes(alice, "before", 3);
        await().until(() -> ask("&after=" + fromStart).path("frames").size() >= 6);
        List<JsonNode> logged = frames(ask("&after=" + fromStart)).stream()
                .filter(frame -> frame.path("kind").stringValue().equals("like"))
                .toList();
        Instant last =
                Instant.parse(logged.get(logged.size() - 1).path("loggedAt").stringValue());
        long expected = logged.stream()
                .filter(frame ->
                        !Instant.parse(frame.path("loggedAt").stringValue()).isBefore(last))
                .count();

        JsonNode several = ask("&since=" + EventTime.format(last));
        JsonNode one = get("/v1/authors/" + alice + "/likes?since=" + EventTime.format(last));

        assertThat(ids(frames(several))).hasSize((int) expected).contains("before-2");
        assertThat(several.path("recovered").booleanValue()).isTrue();
        assertThat(one.path("frames").size()).isEqualTo((int) expected);
        assertThat(one.path("recovered").booleanValue()).isTrue();
    }

    @Test
    void sinceAfterNewestRecord_isRecovered_andStartsNow() {
        JsonNode answer = ask("&since=2099-01-01T00:00:00Z");

        assertThat(ids(frames(answer))).isEmpty();
        assertThat(answer.path("recovered").booleanValue()).isTrue();
    }

    @Test
    void sinceBeforeDeletedRecords_isNotRecovered() throws Exception {
        String spare = likes.author(SPARE_PARTITION);
        Position last = likes.sendLikes(spare, "old", 5);
        assertThat(get("/v1/likes?author=" + spare + "&since=1970-01-01T00:00:00Z")
                        .path("recovered")
                        .booleanValue())
                .isTrue();

        likes.deleteBefore(SPARE_PARTITION, last.offset() - 1);

        assertThat(get("/v1/likes?author=" + spare + "&since=1970-01-01T00:00:00Z")
                        .path("recovered")
                        .booleanValue())
                .isFalse();
    }

    @Test
    void digest_listsEachAuthor() throws Exception {
        WebSocketClient webSocket = connect("&digest=1");
        frames(webSocket, 3);

        likes.sendLikes(alice, "a", 4);
        likes.sendLikes(carol, "c", 3);

        long liked = 0;
        while (liked < 7) {
            JsonNode digest = frames(webSocket, 1).get(0);
            assertThat(digest.path("kind").stringValue()).isEqualTo("digest");
            assertThat(digest.has("posts")).isFalse();
            long sum = 0;
            for (JsonNode author : digest.path("authors")) {
                sum += author.path("liked").longValue();
                assertThat(author.path("author").stringValue()).isIn(alice, carol);
                assertThat(author.path("posts").get(0).path("postId").stringValue())
                        .isEqualTo("p-1");
            }
            assertThat(digest.path("liked").longValue()).isEqualTo(sum);
            liked += sum;
        }
        assertThat(liked).isEqualTo(7);
        webSocket.socket.abort();
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/json", "text/event-stream"})
    void head_hasTheHeadersOfGet_andNoBody(String type) {
        MediaType accept = MediaType.parseMediaType(type);
        http.method(HttpMethod.HEAD)
                .uri(URI.create("http://localhost:" + port + likesOfAll()))
                .accept(accept)
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentTypeCompatibleWith(accept)
                .expectHeader()
                .valueEquals("Cache-Control", "no-store")
                .expectBody()
                .isEmpty();
    }

    @Test
    void malformedRequest_returns400NamingTheParameter() {
        String epoch = likes.log.epoch();
        refused("/v1/likes", "author");
        refused("/v1/likes?author=no%20spaces", "author");
        refused("/v1/likes?" + authors(101, 5), "author");
        refused(likesOfAll() + "&after=nonsense", "after");
        refused(likesOfAll() + "&after=" + epoch + "-0-1," + epoch + "-0-2", "after");
        refused(likesOfAll() + "&after=" + epoch + "-0-1,another1-1-2", "after");
        refused(likesOfAll() + "&after=" + epoch + "-0-1," + epoch + "-2-1", "after");
        refused(likesOfAll() + "&since=yesterday", "since");
        refused(likesOfAll() + "&since=2026-11-24T10:00:00Z&after=" + epoch + "-0-1", "since");
        refused(path + "?after=" + fromStart, "after");
    }

    @Test
    void hundredLongestAuthors_withPostsAndPositions_fitIntoAUrl() {
        String posts = ("&post=" + "p".repeat(128)).repeat(100);
        String positions = IntStream.range(0, 100)
                .mapToObj(partition -> "aaaabbbbccccdddd-" + partition + "-100000000000000000")
                .collect(Collectors.joining(","));

        JsonNode answer = get("/v1/likes?" + authors(100, 128) + posts + "&after=" + positions);

        assertThat(answer.path("frames").size()).isEqualTo(100);
        assertThat(sse("&x", positions).blockFirst(Duration.ofSeconds(30)).event())
                .isEqualTo("hello");
    }

    private static String authors(int count, int length) {
        return IntStream.range(0, count)
                .mapToObj(i -> "author=" + "a".repeat(length - 3) + String.format("%03d", i))
                .collect(Collectors.joining("&"));
    }

    private String likesOfAll() {
        return "/v1/likes?author=" + alice + "&author=" + bob + "&author=" + carol;
    }

    private WebSocketClient connect(String query) throws Exception {
        return WebSocketClient.of("ws://localhost:" + port + likesOfAll() + query);
    }

    private Flux<ServerSentEvent<String>> sse(String query, String lastEventId) {
        return http.get()
                .uri(URI.create("http://localhost:" + port + likesOfAll() + query))
                .accept(MediaType.TEXT_EVENT_STREAM)
                .headers(headers -> {
                    if (lastEventId != null) {
                        headers.set("Last-Event-ID", lastEventId);
                    }
                })
                .exchange()
                .expectStatus()
                .isOk()
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                .getResponseBody();
    }

    private List<JsonNode> pollAll(String query) {
        List<JsonNode> all = new ArrayList<>();
        String after = fromStart;
        for (boolean more = true; more; ) {
            JsonNode answer = ask("&after=" + after + query);
            assertThat(answer.path("recovered").booleanValue()).isTrue();
            List<JsonNode> frames = frames(answer);
            assertThat(frames.subList(0, 3))
                    .allSatisfy(hello ->
                            assertThat(hello.path("kind").stringValue()).isEqualTo("hello"));
            all.addAll(frames.subList(3, frames.size()));
            after = answer.path("position").stringValue();
            more = frames.size() > 3;
        }
        return all;
    }

    private JsonNode ask(String query) {
        return get(likesOfAll() + query);
    }

    private JsonNode get(String target) {
        byte[] body = http.get()
                .uri(URI.create("http://localhost:" + port + target))
                .exchange()
                .expectStatus()
                .isOk()
                .expectHeader()
                .contentType(MediaType.APPLICATION_JSON)
                .expectBody()
                .returnResult()
                .getResponseBody();
        return JSON.readTree(body);
    }

    private void refused(String target, String parameter) {
        http.get()
                .uri(URI.create("http://localhost:" + port + target))
                .exchange()
                .expectStatus()
                .isBadRequest()
                .expectHeader()
                .contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .expectBody()
                .jsonPath("$.errors[0].parameter")
                .isEqualTo(parameter);
    }

    /** Returns the next frames that are no position. */
    private static List<JsonNode> frames(WebSocketClient webSocket, int count) throws InterruptedException {
        List<JsonNode> frames = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            frames.add(JSON.readTree(webSocket.next()));
        }
        return frames;
    }

    private static List<JsonNode> frames(JsonNode answer) {
        return answer.path("frames").valueStream().toList();
    }

    /** Returns the ids of likes as {@link TestTopic#sendLikes} creates them. */
    private static List<String> ids(String prefix, int count) {
        return IntStream.range(0, count).mapToObj(i -> prefix + "-" + i).toList();
    }

    private static List<String> ids(List<JsonNode> frames) {
        return frames.stream()
                .filter(frame -> frame.path("kind").stringValue().equals("like"))
                .map(frame -> frame.path("event").path("id").stringValue())
                .toList();
    }

    /** Asserts that the likes of each partition are in the order of the log. */
    private static void assertSorted(List<JsonNode> frames) {
        frames.stream()
                .filter(frame -> frame.path("kind").stringValue().equals("like"))
                .map(frame -> Position.parse(frame.path("position").stringValue()))
                .collect(Collectors.groupingBy(
                        Position::partition, Collectors.mapping(Position::offset, Collectors.toList())))
                .values()
                .forEach(offsets -> assertThat(offsets).isSorted().doesNotHaveDuplicates());
    }
}
