/**
 * Conflation: sums of consecutive events of one author, shared by all connections whose digests cover the same events. The
 * partition's lock guards all state.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.stream.digest;
