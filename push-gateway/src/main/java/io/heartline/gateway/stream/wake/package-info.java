/**
 * Wake-ups of connections on their event loops: one task for many connections, and time for other channels between tasks.
 *
 * <p>It depends on no other package of the gateway.
 */
package io.heartline.gateway.stream.wake;
