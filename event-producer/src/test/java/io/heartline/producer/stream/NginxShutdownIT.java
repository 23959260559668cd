package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.RunningProducer;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/**
 * A stream through nginx to an instance that stops. It has its own class, because a service that stops also ends the event loops of
 * the other services in the JVM.
 */
class NginxShutdownIT {

    @Test
    void instanceStops_resultsSoFarArrive_withoutDone(@TempDir Path folder) throws Exception {
        RunningNginx.assumeInstalled();
        RunningProducer stopping =
                RunningProducer.on(Backends.unique("likes"), "server.forward-headers-strategy=native");
        CompletableFuture<Void> writing;
        try (RunningNginx proxy = new RunningNginx(folder, stopping.port);
                StreamClient client = new StreamClient(proxy.port, StreamClient.MINIMAL)) {
            client.write(10, LikeBodies.REFUSED_LINE, 1000).flush();
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> stopping.metric("heartline_producer_refused_total", "reason=\"invalid-like\"") == 100);
            writing = CompletableFuture.runAsync(() -> writeUntilClosed(client));

            stopping.close();

            List<JsonNode> results = new ArrayList<>();
            assertThatThrownBy(() -> {
                        for (JsonNode result = client.result(); result != null; result = client.result()) {
                            results.add(result);
                        }
                    })
                    .isInstanceOf(IOException.class);
            assertThat(client.status()).isEqualTo(200);
            assertThat(results).hasSizeGreaterThanOrEqualTo(100).noneMatch(result -> result.has("done"));
        } finally {
            stopping.close();
        }
        writing.get(30, TimeUnit.SECONDS);
    }

    private static void writeUntilClosed(StreamClient client) {
        try {
            while (true) {
                client.write(LikeBodies.lines(0, 100)).flush();
            }
        } catch (IOException e) {
            // the test or nginx closed the connection
        }
    }
}
