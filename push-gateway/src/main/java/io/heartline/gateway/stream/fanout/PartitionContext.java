package io.heartline.gateway.stream.fanout;

import io.heartline.gateway.stream.DeliveryTracing;
import io.heartline.gateway.stream.History;
import io.heartline.gateway.stream.metrics.GatewayMetrics;
import java.util.concurrent.CompletionStage;
import java.util.function.ToIntFunction;

/**
 * The settings and collaborators that the partitions of one log share.
 *
 * @param partitionOf returns the number of the partition in which the log has the records of a key
 * @param budget the memory that the rings share
 * @param digestThreshold the maximum number of unread events of a client whose socket is full; more are conflated
 * @param pages reads the records that have left the ring
 * @param metrics counts records and events
 * @param traces starts the spans of deliveries
 */
record PartitionContext(
        ToIntFunction<byte[]> partitionOf,
        RingBudget budget,
        int digestThreshold,
        PageSource pages,
        GatewayMetrics metrics,
        DeliveryTracing traces) {

    /** Reads pages. See {@link History#read}, which has the same parameter. */
    @FunctionalInterface
    interface PageSource {

        CompletionStage<History.Page> read(History.Request request);
    }
}
