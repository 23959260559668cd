package io.heartline.producer.stream;

import static io.heartline.producer.GzipBodies.gzip;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A long stream in gzip, whose results the client reads late. */
class UnreadCompressedStreamIT {

    @Test
    void clientDoesNotRead_theStreamStops_andEveryLineIsAnsweredWhenItReads() throws Exception {
        int count = 150_000; // their results are 15 MB, which no socket buffer holds
        StringBuilder lines = new StringBuilder();
        for (int number = 1; number <= count; number++) {
            lines.append(LikeBodies.like("alice", "liker-" + number)).append('\n');
        }
        try (RunningProducer producer = RunningProducer.on(Backends.unique("likes"));
                StreamClient client = new StreamClient(producer.port, "Content-Encoding: gzip")) {
            client.write(gzip(lines.toString())).end();
            double[] accepted = {-1};
            await().atMost(Duration.ofSeconds(60))
                    .pollInterval(Duration.ofMillis(500))
                    .until(() -> accepted[0] == (accepted[0] = producer.metric("heartline_producer_accepted", ""))
                            && accepted[0] > 0);
            assertThat(accepted[0]).isLessThan(count);

            int received = 0;
            String last = null;
            for (String line = client.line(); line != null; line = client.line()) {
                last = line;
                received++;
            }

            assertThat(received).isEqualTo(count + 1);
            assertThat(last).isEqualTo("{\"done\":true,\"accepted\":" + count + ",\"refused\":0}");
        }
    }
}
