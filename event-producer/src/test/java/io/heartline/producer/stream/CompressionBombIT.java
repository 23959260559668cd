package io.heartline.producer.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.producer.LikeBodies;
import io.heartline.producer.ProducerProcess;
import io.heartline.producer.StreamClient;
import io.heartline.quickstart.backends.Backends;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** A gibibyte of zeros is sent to a service in its own process, whose heap has 40 MB and which exits without memory. */
@Tag("slow")
class CompressionBombIT {

    private static final long GIBIBYTE = 1L << 30;
    private static final String GZIP = "Content-Encoding: gzip";
    private static final int STREAMS = 8;

    @Test
    void bomb_isRefusedWith413_beforeItIsSent_andTheServiceGoesOn() throws Exception {
        try (ProducerProcess producer = new ProducerProcess("40m", Backends.unique("likes"))) {
            List<CompletableFuture<List<JsonNode>>> bombs = IntStream.range(0, STREAMS)
                    .mapToObj(i -> CompletableFuture.supplyAsync(() -> resultsOfBomb(producer.port)))
                    .toList();
            for (CompletableFuture<List<JsonNode>> bomb : bombs) {
                List<JsonNode> results = bomb.get(60, TimeUnit.SECONDS);
                assertThat(results.stream().map(result -> result.path("status").intValue()))
                        .containsExactly(413, 413);
                assertThat(results.get(1).at("/problem/detail").stringValue())
                        .contains(" inflate to ", "may inflate to 400");
            }

            try (StreamClient client = new StreamClient(producer.port)) {
                assertThat(client.write(LikeBodies.lines(0, 1)).end().results()).hasSize(2);
            }
            System.out.printf("%d bombs; the most memory that it had: %d MB%n", STREAMS, producer.peakMegabytes());
        }
    }

    /** The first result is that of a line over 16 KiB, and the second one refuses the rest. */
    private static List<JsonNode> resultsOfBomb(int port) {
        CompletableFuture<Long> writing;
        List<JsonNode> results;
        try {
            try (StreamClient client = new StreamClient(port, GZIP)) {
                writing = CompletableFuture.supplyAsync(() -> writeZeros(client));
                results = client.results();
            }
            assertThat(writing.get(30, TimeUnit.SECONDS)).isLessThan(GIBIBYTE);
            return results;
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    /** Writes chunks as they are compressed, until the service closes the connection. Returns the number of zeros. */
    private static long writeZeros(StreamClient client) {
        byte[] zeros = new byte[64 * 1024];
        long written = 0;
        try (OutputStream gzip = new GZIPOutputStream(new Chunks(client))) {
            for (; written < GIBIBYTE; written += zeros.length) {
                gzip.write(zeros);
            }
        } catch (IOException e) {
            // the service or the test closed the connection
        }
        return written;
    }

    /** Sends each write as a chunk. */
    private static final class Chunks extends OutputStream {

        private final StreamClient client;

        Chunks(StreamClient client) {
            this.client = client;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            client.write(Arrays.copyOfRange(bytes, offset, offset + length)).flush();
        }

        @Override
        public void close() throws IOException {
            client.end();
        }
    }
}
