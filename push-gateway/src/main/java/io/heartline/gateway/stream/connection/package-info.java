/**
 * The parts of a connection that need no partition. They are the clocks of heartbeats, full sockets, silent peers and tokens, the
 * frames that wait for a write, and the latency of unflushed frames.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.stream.connection;
