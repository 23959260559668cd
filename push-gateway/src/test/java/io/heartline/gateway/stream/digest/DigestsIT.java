package io.heartline.gateway.stream.digest;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.gateway.GatewayIT;
import io.heartline.gateway.TestTopic;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.core.ParameterizedTypeReference;
import org.springframework.http.MediaType;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.test.context.TestPropertySource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tests digests with a real broker and real sockets. The ring is so small that most of a replay comes from Kafka. */
@TestPropertySource(
        properties = {
            "heartline.gateway.ring.size=40KB",
            "heartline.gateway.replay.page-events=50",
            "heartline.gateway.replay.records=400"
        })
class DigestsIT extends GatewayIT {

    @Test
    void resumeWithDigest_beyondReplayLimit_receivesOneExactDigest() throws Exception {
        likes.sendLikes(author, "many", 700);

        JsonNode answer = JsonMapper.shared()
                .readTree(http.get()
                        .uri(path + "?digest=2&wait=30&after=" + start)
                        .exchange()
                        .expectStatus()
                        .isOk()
                        .expectBody(String.class)
                        .returnResult()
                        .getResponseBody());

        assertThat(answer.path("recovered").booleanValue()).isTrue();
        assertThat(answer.path("frames").size()).isEqualTo(1);
        JsonNode digest = answer.path("frames").get(0);
        assertThat(digest.path("kind").stringValue()).isEqualTo("digest");
        assertThat(digest.path("from").stringValue()).isEqualTo(start);
        assertThat(digest.path("liked").intValue()).isEqualTo(700);
    }

    @Test
    void digestStream_receivesOneDigestPerInterval() throws Exception {
        likes.sendLikes(author, "missed", 300);
        AtomicBoolean stop = new AtomicBoolean();
        Thread liking = new Thread(() -> {
            while (!stop.get()) {
                likes.sendAsync(author, TestTopic.like("live", author));
                LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
            }
        });
        liking.start();
        try {
            List<ServerSentEvent<String>> events = http.get()
                    .uri(path + "?digest=1&after=" + start)
                    .accept(MediaType.TEXT_EVENT_STREAM)
                    .exchange()
                    .returnResult(new ParameterizedTypeReference<ServerSentEvent<String>>() {})
                    .getResponseBody()
                    .filter(event -> !event.event().equals("position"))
                    .take(Duration.ofMillis(3_500))
                    .collectList()
                    .block(Duration.ofSeconds(30));

            assertThat(events.get(0).event()).isEqualTo("hello");
            // 3.5 s overlap with at most five intervals
            assertThat(events.subList(1, events.size()))
                    .hasSizeBetween(2, 5)
                    .allSatisfy(event -> assertThat(event.event()).isEqualTo("digest"));
        } finally {
            stop.set(true);
            liking.join();
        }
    }
}
