package io.heartline.bench.load;

import io.heartline.bench.server.ServerProcess;
import java.util.Optional;

/** Sends likes to a target. */
public interface IngestClient extends AutoCloseable {

    /** Sends one like, and returns the answer if the target does not accept it. */
    default Optional<ServerProcess.Answer> refusal() {
        return Optional.empty();
    }

    /** Sends likes, and returns when all are answered. */
    IngestResult send(long likes);

    @Override
    default void close() {}
}
