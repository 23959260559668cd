package io.heartline.bench;

/** What takes likes. */
enum IngestTarget {
    /** The event producer. */
    heartline,
    /** {@code peers/node/ingest.js}. */
    node,
    /** {@link ProducerPeer}: likes that nobody has to be asked for, the limit. */
    kafka
}
