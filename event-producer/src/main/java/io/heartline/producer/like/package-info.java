/**
 * Likes: parsing, also from CloudEvents, validation, event ids, idempotency keys, and the reasons for which a like is
 * refused. It contains no Netty channel and no endpoint.
 *
 * <p>It may depend on {@code kafka}, whose exceptions it translates, and on {@code trace}.
 */
package io.heartline.producer.like;
