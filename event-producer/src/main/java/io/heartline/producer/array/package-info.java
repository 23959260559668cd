/**
 * One request with a JSON array of likes. It splits the body into items, creates the event of each, and appends the events in order.
 * Nothing is appended before the whole body is read and well-formed.
 *
 * <p>It may depend on {@code like}, {@code kafka} and {@code trace}.
 */
package io.heartline.producer.array;
