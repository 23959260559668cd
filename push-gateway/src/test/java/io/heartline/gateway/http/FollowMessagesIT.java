package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import io.heartline.gateway.WebSocketClient;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Authors that a client adds to an open WebSocket, and removes from it. */
@TestPropertySource(properties = "own-instance=follow-messages") // its tests count events of the instance
class FollowMessagesIT extends GatewayIT {

    private String other;

    @BeforeEach
    void createOther() {
        other = likes.author(partition);
    }

    @Test
    void followedAuthor_joins_andIsSentUntilUnfollowed() throws Exception {
        WebSocketClient client = connect(author);
        String elsewhere = likes.author((partition + 1) % SPARE_PARTITION);

        send(client, "{\"kind\":\"follow\",\"author\":\"%s\"}".formatted(other));
        assertHello(next(client), other, false);
        assertJoined(next(client), other);
        send(client, "{\"kind\":\"follow\",\"author\":\"%s\"}".formatted(elsewhere));
        assertHello(next(client), elsewhere, false);
        assertJoined(next(client), elsewhere);
        for (String each : new String[] {author, other, elsewhere}) {
            likes.send(each, TestTopic.like("e-" + each, each));
            assertThat(next(client).path("event").path("authorId").stringValue())
                    .isEqualTo(each);
        }

        send(client, "{\"kind\":\"unfollow\",\"author\":\"%s\"}".formatted(other));
        JsonNode unfollowed = next(client);
        assertThat(unfollowed.path("kind").stringValue()).isEqualTo("unfollowed");
        assertThat(unfollowed.path("author").stringValue()).isEqualTo(other);
        assertThat(Position.parse(unfollowed.path("position").stringValue()).partition())
                .isEqualTo(partition);
        likes.send(other, TestTopic.like("unfollowed", other));
        likes.send(author, TestTopic.like("last", author));
        assertThat(next(client).path("event").path("id").stringValue()).isEqualTo("last");
        client.socket.abort();
    }

    @Test
    void followAfterPosition_replays_thenJoins() throws Exception {
        Position first = likes.sendLikes(other, "first", 1);
        likes.sendLikes(other, "missed", 3);
        WebSocketClient client = connect(author);

        send(client, "{\"kind\":\"follow\",\"author\":\"%s\",\"after\":\"%s\"}".formatted(other, first));

        assertHello(next(client), other, true);
        for (int i = 0; i < 3; i++) {
            assertThat(next(client).path("event").path("id").stringValue()).isEqualTo("missed-" + i);
        }
        assertJoined(next(client), other);
        client.socket.abort();
    }

    @Test
    void followSinceTime_isRecovered() throws Exception {
        likes.sendLikes(other, "missed", 2);
        WebSocketClient client = connect(author);

        send(client, "{\"kind\":\"follow\",\"author\":\"%s\",\"since\":\"1970-01-01T00:00:00Z\"}".formatted(other));

        assertHello(next(client), other, true);
        assertThat(next(client).path("event").path("id").stringValue()).isEqualTo("missed-0");
        client.socket.abort();
    }

    @Test
    void messageInParts_isAnswered() throws Exception {
        WebSocketClient client = connect(author);
        String message = "{\"kind\":\"follow\",\"author\":\"%s\"}".formatted(other);

        client.socket.sendText(message.substring(0, 20), false).get(30, TimeUnit.SECONDS);
        client.socket.sendPing(ByteBuffer.allocate(0)).get(30, TimeUnit.SECONDS);
        client.socket.sendText(message.substring(20), true).get(30, TimeUnit.SECONDS);

        assertHello(next(client), other, false);
        client.socket.abort();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'kind':'follow','author':'no spaces'} | author | must be 1 to 128 characters",
                "{'kind':'follow','author':'%1$s'} | author | must not be followed already",
                "{'kind':'unfollow','author':'%2$s'} | author | must be followed",
                "{'kind':'follow','author':'%2$s','after':'nonsense'} | after | must be a position",
                "{'kind':'follow','author':'%2$s','after':7} | after | must be a position",
                "{'kind':'follow','author':'%2$s','after':'%3$s-3-7'} | after | must not have a position of a partition",
                "{'kind':'follow','author':'%2$s','after':'%3$s-0-1,%3$s-1-1'} | after | must be a position",
                "{'kind':'follow','author':'%2$s','since':'yesterday'} | since | must be a time",
                "{'kind':'follow','author':'%2$s','since':'2026-11-24T10:00:00Z','after':'%3$s-0-1'} | since | together"
            })
    void invalidMessage_isRefusedWith400_andConnectionContinues(String message, String parameter, String rule)
            throws Exception {
        WebSocketClient client = connect(author);

        send(client, message.replace('\'', '"').formatted(author, other, likes.log.epoch()));

        JsonNode refused = next(client);
        assertThat(refused.path("kind").stringValue()).isEqualTo("refused");
        assertThat(refused.path("problem").path("status").intValue()).isEqualTo(400);
        assertThat(refused.path("problem")
                        .path("errors")
                        .get(0)
                        .path("parameter")
                        .stringValue())
                .isEqualTo(parameter);
        assertThat(refused.path("problem").path("detail").stringValue()).contains(rule);
        assertThat(refused.path("author").stringValue(null))
                .isEqualTo(message.contains("no spaces") ? null : message.contains("%1") ? author : other);
        likes.send(author, TestTopic.like("after", author));
        assertThat(next(client).path("event").path("id").stringValue()).isEqualTo("after");
        client.socket.abort();
    }

    @Test
    void authorBeyondMaximum_isRefused() throws Exception {
        WebSocketClient client = connect(author);
        for (int i = 1; i < 100; i++) {
            send(client, "{\"kind\":\"follow\",\"author\":\"a-%d\"}".formatted(i));
        }
        send(client, "{\"kind\":\"follow\",\"author\":\"one-more\"}");

        JsonNode frame = next(client);
        while (!frame.path("kind").stringValue().equals("refused")) {
            frame = next(client);
        }
        assertThat(frame.path("author").stringValue()).isEqualTo("one-more");
        assertThat(frame.path("problem").path("status").intValue()).isEqualTo(400);
        send(client, "{\"kind\":\"unfollow\",\"author\":\"a-7\"}");
        send(client, "{\"kind\":\"follow\",\"author\":\"one-more\"}");
        while (!(frame.path("kind").stringValue().equals("hello")
                && frame.path("author").stringValue().equals("one-more"))) {
            frame = next(client);
        }
        client.socket.abort();
    }

    @Test
    void anotherMessage_isIgnoredAndCounted() throws Exception {
        double before = ignored();
        WebSocketClient client = connect(author);
        client.socket.sendBinary(ByteBuffer.wrap(new byte[] {1}), true).get(30, TimeUnit.SECONDS);
        send(client, "anybody there?");
        send(client, "{\"kind\":\"follow\"}");
        send(client, "{\"kind\":\"token\",\"token\":\"YQ.YQ.YQ\"}");
        send(client, "{\"kind\":\"ping\"}");
        await().until(() -> ignored() == before + 5);

        WebSocketClient ofOne = WebSocketClient.of("ws://localhost:" + port + path);
        send(ofOne, "{\"kind\":\"follow\",\"author\":\"%s\"}".formatted(other));
        send(ofOne, "{\"kind\":\"unfollow\",\"author\":\"%s\"}".formatted(author));

        await().until(() -> ignored() == before + 7);
        likes.send(author, TestTopic.like("after", author));
        assertThat(next(client).path("event").path("id").stringValue()).isEqualTo("after");
        assertThat(next(ofOne).path("kind").stringValue()).isEqualTo("hello");
        assertThat(next(ofOne).path("event").path("id").stringValue()).isEqualTo("after");
        client.socket.abort();
        ofOne.socket.abort();
    }

    private double ignored() {
        return registry.get("heartline.gateway.ignored").counter().count();
    }

    private WebSocketClient connect(String follow) throws Exception {
        WebSocketClient client = WebSocketClient.of("ws://localhost:" + port + "/v1/likes?author=" + follow);
        assertHello(next(client), follow, false);
        return client;
    }

    private static void send(WebSocketClient client, String message) throws Exception {
        client.socket.sendText(message, true).get(30, TimeUnit.SECONDS);
    }

    /** Returns the next frame, except positions of all partitions, which come at any time. */
    private static JsonNode next(WebSocketClient client) throws InterruptedException {
        while (true) {
            JsonNode frame = JsonMapper.shared().readTree(client.nextOfAnyKind());
            if (!frame.path("kind").stringValue().equals("position") || frame.has("author")) {
                return frame;
            }
        }
    }

    private static void assertHello(JsonNode frame, String author, boolean recovered) {
        assertThat(frame.path("kind").stringValue()).isEqualTo("hello");
        assertThat(frame.path("author").stringValue()).isEqualTo(author);
        assertThat(frame.path("recovered").booleanValue()).isEqualTo(recovered);
    }

    private static void assertJoined(JsonNode frame, String author) {
        assertThat(frame.path("kind").stringValue()).isEqualTo("position");
        assertThat(frame.path("author").stringValue()).isEqualTo(author);
    }
}
