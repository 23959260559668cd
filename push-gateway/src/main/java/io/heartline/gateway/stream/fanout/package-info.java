/**
 * The core: one {@code Fanout} of partitions. A partition has a ring of its latest records, the connections that follow its
 * authors, and a read cursor for each connection. {@code Fanout} is the entrance. Nearly all other classes are package-private.
 * Older records are read through {@code History}.
 *
 * <p>It depends on {@code stream} and {@code stream.digest}, and does not know Kafka's client.
 */
package io.heartline.gateway.stream.fanout;
