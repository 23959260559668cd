/**
 * The parts of a connection that need no partition. They are the clocks of full sockets, silent peers and tokens, the frames that
 * wait for a write, and the latency of unflushed frames. Sets of connections and their parts are here, too.
 *
 * <p>It depends on {@code stream}.
 */
package io.heartline.gateway.stream.connection;
