package io.heartline.gateway.stream;

import java.time.Instant;
import java.util.concurrent.CompletionStage;

/** A history for tests in which no client reads records that have left the ring. */
public final class NoHistory implements History {

    @Override
    public CompletionStage<Page> read(Request request) {
        throw new AssertionError("no client reads a page");
    }

    @Override
    public CompletionStage<Since> firstSince(int partition, Instant time) {
        throw new AssertionError("no client presents a time");
    }

    @Override
    public CompletionStage<Bounds> bounds(int partition, long offset) {
        throw new AssertionError("no client presents a position");
    }

    @Override
    public void clearCaches() {}
}
