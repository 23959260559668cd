/**
 * One request that streams likes. It splits the body into lines, sends each line to Kafka, and writes the results in line order.
 * A window bounds the lines in flight and their bytes, so memory does not depend on the stream's length.
 *
 * <p>It may depend on {@code limit}, {@code like} and {@code kafka}.
 */
package io.heartline.producer.stream;
