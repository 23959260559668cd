/**
 * The spans of a request and of the append of one like, and the headers by which consumers continue the trace. If a request is
 * not sampled, no span is created.
 *
 * <p>It depends on no other package of the service.
 */
package io.heartline.producer.trace;
