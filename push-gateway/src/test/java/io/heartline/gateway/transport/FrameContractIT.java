package io.heartline.gateway.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.events.Contract;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.context.TestPropertySource;
import reactor.core.publisher.Flux;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Compares each kind of frame, as the gateway sends it, with {@code docs/api/frames.yaml}. */
@TestPropertySource(properties = "heartline.gateway.heartbeat=2s")
class FrameContractIT extends GatewayIT {

    private static final Contract FRAMES = Contract.of("frames.yaml");

    @Test
    void webSocketFrames_matchTheDocument() throws Exception {
        WebSocketClient oneByOne = WebSocketClient.of("ws://localhost:" + port + path);
        WebSocketClient inSums = WebSocketClient.of("ws://localhost:" + port + path + "?digest=1");
        readUntil("hello", () -> frame(oneByOne.nextOfAnyKind()));
        readUntil("hello", () -> frame(inSums.nextOfAnyKind()));

        likes.send(author, TestTopic.like("e-1", author));
        readUntil("like", () -> frame(oneByOne.nextOfAnyKind()));
        readUntil("digest", () -> frame(inSums.nextOfAnyKind()));
        likes.send(likes.author(partition), "a neighbour's");
        readUntil("position", () -> frame(oneByOne.nextOfAnyKind()));

        oneByOne.socket.abort();
        inSums.socket.abort();
    }

    @Test
    void serverSentEvents_matchTheDocument() throws Exception {
        try (Stream<ServerSentEvent<String>> stream = events(path).toStream()) {
            Iterator<ServerSentEvent<String>> events = stream.iterator();
            readUntil("hello", () -> frame(events.next()));
            likes.send(author, TestTopic.like("e-1", author));
            readUntil("like", () -> frame(events.next()));
            likes.send(likes.author(partition), "a neighbour's");
            readUntil("position", () -> frame(events.next()));
        }
    }

    @Test
    void framesOfSeveralAuthors_matchTheDocument() throws Exception {
        String other = likes.author((partition + 1) % SPARE_PARTITION);
        WebSocketClient client = WebSocketClient.of("ws://localhost:" + port + "/v1/likes?digest=1&author=" + author);
        readUntilFrameOfAuthors("authorHello", client);

        client.socket
                .sendText("{\"kind\":\"follow\",\"author\":\"" + other + "\"}", true)
                .join();
        readUntilFrameOfAuthors("authorHello", client);
        readUntilFrameOfAuthors("joined", client);
        likes.send(author, TestTopic.like("e-1", author));
        readUntilFrameOfAuthors("authorsDigest", client);
        readUntilFrameOfAuthors("authorsPosition", client);
        for (String answer : List.of("unfollowed", "refused")) {
            client.socket
                    .sendText("{\"kind\":\"unfollow\",\"author\":\"" + other + "\"}", true)
                    .join();
            readUntilFrameOfAuthors(answer, client);
        }

        client.socket.abort();
    }

    @Test
    void eventsOfSeveralAuthors_matchTheDocument() throws Exception {
        String other = likes.author((partition + 1) % SPARE_PARTITION);
        Contract ids = Contract.of("like-event.yaml").at("$defs", "positions");
        try (Stream<ServerSentEvent<String>> stream =
                events("/v1/likes?author=" + author + "&author=" + other).toStream()) {
            Iterator<ServerSentEvent<String>> events = stream.iterator();
            String kind = "";
            while (!kind.equals("position")) {
                ServerSentEvent<String> event = events.next();
                kind = event.event();
                assertThat(FRAMES.at("$defs", "frameOfAuthors").violations(frame(event.data())))
                        .as(event.toString())
                        .isEmpty();
                assertThat(ids.violations(JsonMapper.shared().valueToTree(event.id())))
                        .isEmpty();
                assertThat(event.id().split(","))
                        .as("one position for each partition")
                        .hasSize(2);
            }
        }
    }

    /** Checks that each frame matches one schema and has no other field, until a frame of a schema arrives. */
    private static void readUntilFrameOfAuthors(String name, WebSocketClient client) throws Exception {
        Contract schema = null;
        while (!FRAMES.at("$defs", name).equals(schema)) {
            JsonNode frame = frame(client.nextOfAnyKind());
            List<Contract> matching = IntStream.range(
                            0,
                            FRAMES.at("$defs", "frameOfAuthors", "oneOf").node().size())
                    .mapToObj(i -> FRAMES.at("$defs", "frameOfAuthors", "oneOf", String.valueOf(i)))
                    .filter(each -> each.violations(frame).isEmpty())
                    .toList();
            assertThat(matching).as(frame.toString()).hasSize(1);
            schema = matching.get(0);
            assertThat(schema.at("properties").node().propertyNames()).containsAll(frame.propertyNames());
        }
    }

    /** Checks that each frame matches its schema and has no other field, until a frame of a kind arrives. */
    private static void readUntil(String kind, Callable<JsonNode> next) throws Exception {
        String seen = "";
        while (!seen.equals(kind)) {
            JsonNode frame = next.call();
            seen = frame.path("kind").stringValue();
            assertThat(FRAMES.violations(frame)).as(frame.toString()).isEmpty();
            assertThat(FRAMES.at("$defs", seen, "properties").node().propertyNames())
                    .containsExactlyInAnyOrderElementsOf(frame.propertyNames());
        }
    }

    private static JsonNode frame(String text) {
        return JsonMapper.shared().readTree(text);
    }

    private static JsonNode frame(ServerSentEvent<String> event) {
        JsonNode frame = frame(event.data());
        assertThat(frame.path("kind").stringValue()).isEqualTo(event.event());
        assertThat(frame.path("position").stringValue()).isEqualTo(event.id());
        return frame;
    }

    private Flux<ServerSentEvent<String>> events(String uri) {
        return http.get()
                .uri(uri)
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                .getResponseBody();
    }
}
