package io.heartline.gateway.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.WebSocketClient;
import io.heartline.web.limit.ConcurrencyLimit;
import io.heartline.web.limit.ConcurrencyLimit.Permit;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.http.MediaType;
import org.springframework.test.context.TestPropertySource;

/** The maximums of followed authors, at handshakes and in messages. */
@TestPropertySource(properties = {"heartline.gateway.follows=6", "heartline.gateway.follows-per-caller=4"})
class FollowLimitsIT extends GatewayIT {

    @Autowired
    private ConcurrencyLimit followLimit;

    @AfterEach
    void everyPermitIsReleased() {
        await().untilAsserted(() -> {
            assertThat(followLimit.acquired()).isZero();
            assertThat(followLimit.callers()).isZero();
        });
    }

    @Test
    void authorsBeyondCallerLimit_areRefusedWith429_untilOneIsUnfollowed() throws Exception {
        double before = refused("caller");
        WebSocketClient client = WebSocketClient.of("ws://localhost:" + port + "/v1/likes?author=a&author=b&author=c");
        for (int i = 0; i < 3; i++) {
            assertThat(client.next()).contains("\"hello\"");
        }

        poll("author=d&author=e", 429);
        poll("author=d", 200);
        send(client, "follow", "d");
        assertThat(client.next()).startsWith("{\"kind\":\"hello\",\"author\":\"d\"");
        send(client, "follow", "e");
        assertThat(client.next())
                .startsWith("{\"kind\":\"refused\",\"author\":\"e\",\"problem\":{")
                .contains("\"status\":429", "heartline.gateway.follows-per-caller");
        send(client, "unfollow", "a");
        assertThat(client.next()).startsWith("{\"kind\":\"unfollowed\",\"author\":\"a\"");
        send(client, "follow", "e");
        assertThat(client.next()).startsWith("{\"kind\":\"hello\",\"author\":\"e\"");

        assertThat(followLimit.acquired()).isEqualTo(4);
        assertThat(refused("caller")).isEqualTo(before + 2);
        client.socket.abort();
    }

    @Test
    void authorsBeyondInstanceLimit_areRefusedWith503() throws Exception {
        double before = refused("full");
        Permit others = followLimit.acquire("another", 4);
        WebSocketClient client = WebSocketClient.of("ws://localhost:" + port + "/v1/likes?author=a&author=b");
        client.next();
        client.next();

        poll("author=c", 503);
        send(client, "follow", "c");
        assertThat(client.next())
                .startsWith("{\"kind\":\"refused\",\"author\":\"c\",\"problem\":{")
                .contains(
                        "\"status\":503",
                        "This instance has 6 followed authors and takes no more (heartline.gateway.follows).");
        http.get()
                .uri("/v1/likes?author=c")
                .accept(MediaType.TEXT_EVENT_STREAM)
                .exchange()
                .expectStatus()
                .isOk()
                .expectBody(String.class)
                .value(retry -> assertThat(retry).startsWith("retry:"));

        assertThat(refused("full")).isEqualTo(before + 3);
        others.release();
        client.socket.abort();
    }

    private void poll(String query, int status) {
        http.get().uri("/v1/likes?" + query).exchange().expectStatus().isEqualTo(status);
    }

    private double refused(String reason) {
        return registry.get("heartline.gateway.refused")
                .tag("reason", reason)
                .counter()
                .count();
    }

    private static void send(WebSocketClient client, String kind, String author) throws Exception {
        client.socket
                .sendText("{\"kind\":\"" + kind + "\",\"author\":\"" + author + "\"}", true)
                .get(30, TimeUnit.SECONDS);
    }
}
