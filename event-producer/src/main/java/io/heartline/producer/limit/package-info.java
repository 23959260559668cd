/**
 * Limits: the likes per second of one caller, and the concurrent requests of the instance. A request beyond a limit is refused
 * and does not wait.
 *
 * <p>It may depend on {@code like}.
 */
package io.heartline.producer.limit;
