package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.Caller;
import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.FollowRequest;
import io.heartline.gateway.stream.GatewayMetrics;
import io.heartline.gateway.stream.History;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToIntFunction;

/**
 * The settings and collaborators that the partitions of one log share.
 *
 * @param partitionOf returns the number of the partition in which the log has the records of a key
 * @param budget the memory that the rings share
 * @param digestThreshold the maximum number of unread events of a client whose socket is full; more are conflated
 * @param heartbeatMillis the interval of heartbeats, which {@code hello} states, in milliseconds
 * @param pages reads the records that have left the ring
 * @param nanoTime supplies {@link System#nanoTime()}, or a test's clock
 * @param metrics counts records, events and connections
 * @param traces starts the spans of deliveries
 */
record PartitionContext(
        ToIntFunction<byte[]> partitionOf,
        RingBudget budget,
        int digestThreshold,
        long heartbeatMillis,
        PageSource pages,
        LongSupplier nanoTime,
        GatewayMetrics metrics,
        DeliveryTracing traces) {

    // the fraction of the golden ratio: any number of its multiples is spread evenly over the interval
    private static final double SPREAD = 0.618_033_988_749_895;

    /** Reads pages. See {@link History#read}, which has the same parameters. */
    @FunctionalInterface
    interface PageSource {

        CompletionStage<History.Page> read(
                int partition, FollowRequest request, long from, LongSupplier end, BooleanSupplier isWanted);
    }

    /**
     * Returns the clocks of a connection that opens now. The heartbeats of connections that open together are spread over the
     * interval.
     *
     * @param number the number of connections that the partition has opened before
     */
    Liveness newLiveness(Caller caller, long number) {
        long sinceHeartbeat = (long) (number * SPREAD % 1 * heartbeatMillis * 1_000_000);
        return new Liveness(nanoTime.getAsLong(), caller.expiresIn(), sinceHeartbeat);
    }
}
