package io.heartline.bench;

/** What folds a backlog into weekly figures. */
enum BatchTarget {
    /** The report batch. */
    heartline,
    /** {@link ConsumerBatch}: polls and parses, the limit. */
    consumer,
    /** {@link StreamsBatch}: a Kafka Streams topology, what one would write instead. */
    streams
}
