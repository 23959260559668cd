package io.heartline.bench.model;

/** What ingests likes. */
public enum IngestTarget {
    /** The event producer. */
    heartline,
    /** The event producer, with a token in each request. */
    secured,
    /** {@code peers/node/ingest.js}. */
    node,
    /** {@code ProducerPeer}, which receives no requests: the upper bound. */
    kafka
}
