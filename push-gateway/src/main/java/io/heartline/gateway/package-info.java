/**
 * Starts, wires and stops the service: application, configuration, settings, the ticker thread and thread health. It may depend
 * on every other package of the gateway. No other package depends on it.
 */
package io.heartline.gateway;
