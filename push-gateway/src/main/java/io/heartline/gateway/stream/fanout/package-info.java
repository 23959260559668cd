/**
 * The core: one {@code Fanout} of partitions. A partition has a ring of its latest records, and the subscriptions of connections to
 * its authors, each with a read cursor. The authors of a connection in one partition share a cursor. {@code Fanout} is the entrance,
 * and {@code LikeStream} is what a client receives. Nearly all other classes are package-private. Older records are read through
 * {@code History}.
 *
 * <p>It depends on {@code stream}, {@code stream.connection}, {@code stream.digest}, {@code stream.metrics} and {@code stream.wake},
 * and does not know Kafka's client.
 */
package io.heartline.gateway.stream.fanout;
