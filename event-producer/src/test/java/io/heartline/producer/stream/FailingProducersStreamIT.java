package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.kafka.LikeAppender;
import io.heartline.producer.kafka.SuccessiveProducers;
import io.heartline.producer.limit.RateLimiter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** A stream whose session ends several times before a line is sent. */
class FailingProducersStreamIT {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int LINES = 3;

    private final LocalConnection connection = new LocalConnection();
    private final SuccessiveProducers producers = new SuccessiveProducers();
    private final LikeAppender appender = producers.appender(TIMEOUT);

    @AfterEach
    void close() {
        producers.close();
        connection.close();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 5})
    void producersFailInARow_streamResumesWithEachSession_andItsLinesAreLogged(int failing) throws Exception {
        for (int i = 0; i < failing; i++) {
            MockProducer<byte[], byte[]> broken =
                    new MockProducer<>(false, null, new ByteArraySerializer(), new ByteArraySerializer());
            broken.sendException = new KafkaException("in an error state");
            producers.add(broken);
        }
        producers.add(SuccessiveProducers.kafkaProducer());
        producers.start();
        appender.whenAvailable().get(30, TimeUnit.SECONDS);

        List<byte[]> results = Flux.from(stream()).collectList().block(TIMEOUT);

        assertThat(new String(results.get(results.size() - 1), StandardCharsets.UTF_8))
                .endsWith("{\"done\":true,\"accepted\":" + LINES + ",\"refused\":0}\n");
        assertThat(producers.remaining()).isEqualTo(1);
    }

    private LikeStream stream() {
        return connection.stream(
                Flux.just(LocalConnection.piece(LikeBodies.lines(0, LINES))).publishOn(connection.scheduler()),
                appender,
                RateLimiter.UNLIMITED,
                new StreamSettings(8, 1_000_000, TIMEOUT, TIMEOUT, 1));
    }
}
