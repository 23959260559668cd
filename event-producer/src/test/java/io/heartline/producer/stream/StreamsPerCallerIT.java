package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The limit of open streams per caller, which leaves permits for other callers. */
class StreamsPerCallerIT {

    private static final int DEFAULT = 8;

    private static RunningProducer producer;

    private final List<StreamClient> open = new ArrayList<>();

    @BeforeAll
    static void start() {
        producer = RunningProducer.on(
                Backends.unique("likes"),
                "heartline.producer.streams.max-concurrent=" + (2 * DEFAULT),
                "server.forward-headers-strategy=native");
    }

    @AfterAll
    static void stop() {
        producer.close();
    }

    @AfterEach
    void close() throws Exception {
        for (StreamClient client : open) {
            client.close();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> streams() == 0);
    }

    @Test
    void atMaxPerCaller_nextStreamGets429_andOtherCallersDoNot() throws Exception {
        for (int i = 0; i < DEFAULT; i++) {
            open("10.0.0.1");
        }
        awaitStreams(DEFAULT);

        StreamClient refused = open("10.0.0.1");

        assertThat(refused.status()).isEqualTo(429);
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(refused.problem().path("detail").stringValue()).contains(DEFAULT + " streams");
        assertThat(open("10.0.0.2").end().result().path("done").booleanValue()).isTrue();
    }

    @Test
    void refusedStream_takesNoPermit() throws Exception {
        for (int i = 0; i < DEFAULT; i++) {
            open("10.0.0.1");
            open("10.0.0.2");
        }
        awaitStreams(2 * DEFAULT);
        assertThat(open("10.0.0.3").status()).as("the maximum of the instance").isEqualTo(503);
        assertThat(open("10.0.0.1").status()).isEqualTo(429);

        for (StreamClient client : open.subList(0, 2 * DEFAULT)) {
            client.close();
        }
        awaitStreams(0);

        for (int i = 0; i < DEFAULT; i++) {
            open("10.0.0.3");
        }
        awaitStreams(DEFAULT);
    }

    /** Resets the connection before the service has read more than the head of the request. */
    @Test
    void connectionIsReset_beforeItsFirstLine_permitIsReleased() throws Exception {
        for (int i = 0; i < 2 * DEFAULT; i++) {
            new StreamClient(producer.port, "X-Forwarded-For: 10.0.0." + i, StreamClient.MINIMAL)
                    .flush()
                    .reset();
        }

        awaitStreams(0);
    }

    private StreamClient open(String address) throws IOException {
        StreamClient client = new StreamClient(producer.port, "X-Forwarded-For: " + address, StreamClient.MINIMAL);
        open.add(client);
        return client.write(LikeBodies.lines(0, 1)).flush();
    }

    private static void awaitStreams(int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> streams() == count);
    }

    private static double streams() throws IOException, InterruptedException {
        return producer.metric("heartline_producer_streams", "");
    }
}
