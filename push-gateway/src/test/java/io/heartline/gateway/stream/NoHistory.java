package io.heartline.gateway.stream;

import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** A history for tests in which no client reads records that have left the ring. */
public final class NoHistory implements History {

    @Override
    public CompletionStage<Page> read(
            int partition, FollowRequest request, long from, LongSupplier end, BooleanSupplier isWanted) {
        throw new AssertionError("no client reads a page");
    }

    @Override
    public CompletionStage<Bounds> bounds(int partition, long offset) {
        throw new AssertionError("no client presents a position");
    }

    @Override
    public void clearCaches() {}
}
