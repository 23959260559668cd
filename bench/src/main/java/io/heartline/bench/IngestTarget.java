package io.heartline.bench;

/** What takes likes. */
enum IngestTarget {
    /** The event producer. */
    heartline,
    /** The same, where each request needs a token. */
    secured,
    /** {@code peers/node/ingest.js}. */
    node,
    /** {@link ProducerPeer}: likes that nobody has to be asked for, the limit. */
    kafka
}
