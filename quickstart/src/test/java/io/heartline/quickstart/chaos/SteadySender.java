package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends the likes of a stream at a steady rate, until {@link #finish} is called or the service has cut the stream off. */
final class SteadySender implements AutoCloseable {

    private static final int PER_SECOND = 20;
    private static final int MAX_WAIT_SECONDS = 10;

    private final StreamClient stream;
    private final ScheduledExecutorService timer = Executors.newSingleThreadScheduledExecutor();

    SteadySender(StreamClient stream) {
        this.stream = stream;
        timer.scheduleAtFixedRate(this::send, 0, 1000 / PER_SECOND, TimeUnit.MILLISECONDS);
    }

    private void send() {
        try {
            stream.send(1);
        } catch (IOException e) { // the service has cut the stream off; the results show which lines it has processed
            timer.shutdown();
        }
    }

    /** Stops sending likes, and sends the end of the request unless the service has cut the stream off. */
    void finish() throws InterruptedException {
        close();
        assertThat(timer.awaitTermination(MAX_WAIT_SECONDS, TimeUnit.SECONDS))
                .as("the last like was sent")
                .isTrue();
        try {
            stream.end();
        } catch (IOException e) {
            assertThat(stream.isDone()).as("the answer is complete").isFalse();
        }
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
