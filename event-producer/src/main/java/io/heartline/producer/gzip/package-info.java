/**
 * Request bodies in the content coding gzip (RFC 1952): decoded on demand, in pieces of bounded size, up to a bounded ratio. It
 * contains no endpoint.
 *
 * <p>It may depend on {@code like}, whose refusals it raises.
 */
package io.heartline.producer.gzip;
