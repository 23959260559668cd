package io.heartline.producer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.quickstart.backends.InProcessKafka;
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

/** A client hangs up on a like that Kafka will never acknowledge. */
class ImpatientClientIT {

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int LIKES = 20;

    private final Queue<Throwable> dropped = new ConcurrentLinkedQueue<>();

    @BeforeEach
    void hear() {
        Hooks.onErrorDropped(dropped::add);
    }

    @AfterEach
    void stopHearing() {
        Hooks.resetOnErrorDropped();
    }

    @Test
    void whatFailsWithNobodyLeftToTell_isNoErrorOfTheService(@TempDir Path folder) throws Exception {
        InProcessKafka kafka = InProcessKafka.start(folder);
        try (RunningProducer producer = RunningProducer.on(
                kafka.bootstrapServers(), "likes", new String[] {"heartline.producer.ack-timeout=2s"})) {
            await().atMost(PATIENCE).until(producer::isReady);
            assertThat(producer.post(Bodies.like("alice", "bob")).statusCode()).isEqualTo(202);
            kafka.close();

            for (int i = 0; i < LIKES; i++) {
                hangUpOn(producer, Bodies.like("alice", "liker-" + i));
            }
            assertThat(producer.post(Bodies.like("alice", "carol")).statusCode())
                    .isEqualTo(503);

            await().atMost(PATIENCE)
                    .until(() -> producer.metric("heartline_producer_in_flight", "") == 0
                            && producer.context.getBean("singles", Places.class).taken() == 0);
            assertThat(dropped).isEmpty();
        }
    }

    /** Once it is on its way to Kafka. */
    private static void hangUpOn(RunningProducer producer, String like) throws IOException {
        Places singles = producer.context.getBean("singles", Places.class);
        try (Socket socket = new Socket("127.0.0.1", producer.port)) {
            OutputStream out = socket.getOutputStream();
            out.write(
                    ("POST /v1/likes HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: "
                                    + like.length() + "\r\n\r\n" + like)
                            .getBytes(StandardCharsets.US_ASCII));
            await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> singles.taken() > 0);
        }
        await().atMost(PATIENCE).pollInterval(Duration.ofMillis(5)).until(() -> singles.taken() == 0);
    }
}
