/**
 * The vocabulary of the gateway: frames, the sink that receives them, follow requests, log entries, the history of the log,
 * refusals and close reasons, metrics and delivery tracing. These are the types that the other packages have in common.
 *
 * <p>It depends on no other package of the gateway, and does not know Netty channels.
 */
package io.heartline.gateway.stream;
