/**
 * Starts the event producer and wires it: the application, its configuration and its settings.
 *
 * <p>It may depend on every other package of the service. No other package depends on it.
 */
package io.heartline.producer;
