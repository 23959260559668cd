package io.heartline.producer.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.quickstart.backends.InProcessKafka;
import io.heartline.web.limit.ConcurrencyLimit;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Hooks;

/** A client disconnects before its like fails. */
class DisconnectedClientIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int LIKES = 20;

    private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void captureDroppedErrors() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void resetHook() {
        Hooks.resetOnErrorDropped();
    }

    @Test
    void clientDisconnects_beforeItsLikeFails_noErrorIsDropped(@TempDir Path folder) throws Exception {
        InProcessKafka kafka = InProcessKafka.start(folder);
        try (RunningProducer producer = RunningProducer.on(
                kafka.bootstrapServers(), "likes", new String[] {"heartline.producer.ack-timeout=2s"})) {
            await().atMost(TIMEOUT).until(producer::isReady);
            assertThat(producer.post(LikeBodies.like("alice", "bob")).statusCode())
                    .isEqualTo(202);
            kafka.close();

            for (int i = 0; i < LIKES; i++) {
                sendAndDisconnect(producer, LikeBodies.like("alice", "liker-" + i));
            }
            assertThat(producer.post(LikeBodies.like("alice", "carol")).statusCode())
                    .isEqualTo(503);

            await().atMost(TIMEOUT)
                    .until(() -> producer.metric("heartline_producer_in_flight", "") == 0
                            && producer.context
                                            .getBean("singleLikeLimit", ConcurrencyLimit.class)
                                            .acquired()
                                    == 0);
            assertThat(dropped).isEmpty();
        }
    }

    /** Disconnects after the like was sent to Kafka. */
    private static void sendAndDisconnect(RunningProducer producer, String like) throws IOException {
        ConcurrencyLimit singleLikeLimit = producer.context.getBean("singleLikeLimit", ConcurrencyLimit.class);
        try (Socket socket = new Socket("127.0.0.1", producer.port)) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                    + like.length() + "\r\n\r\n" + like)
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(5)).until(() -> singleLikeLimit.acquired() > 0);
        }
        await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(5)).until(() -> singleLikeLimit.acquired() == 0);
    }
}
