package io.heartline.bench;

import java.util.Optional;

/** Where a target takes likes in. */
interface Intake extends AutoCloseable {

    /** What one like is answered with, if not by taking it. */
    default Optional<ServerProcess.Answer> refusal() {
        return Optional.empty();
    }

    /** Returns once all are answered. */
    Taken send(long likes);

    @Override
    default void close() {}
}
