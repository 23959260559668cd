package io.heartline.quickstart.chaos;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Sends a stream's likes at a steady rate until it is finished, or the service has cut it off. */
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
        } catch (IOException e) { // cut off: the results say how far it got
            timer.shutdown();
        }
    }

    /** Sends no further like, and the end of the request unless it has been cut off. */
    void finish() throws InterruptedException {
        close();
        assertThat(timer.awaitTermination(MAX_WAIT_SECONDS, TimeUnit.SECONDS))
                .as("the last like was sent")
                .isTrue();
        try {
            stream.end();
        } catch (IOException e) {
            assertThat(stream.isDone()).as("an answer that is whole").isFalse();
        }
    }

    @Override
    public void close() {
        timer.shutdown();
    }
}
