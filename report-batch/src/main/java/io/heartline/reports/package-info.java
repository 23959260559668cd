/**
 * The report batch: the application, its commands and settings, and the wiring of all packages.
 *
 * <p>May depend on every other package. No other package depends on it: each gets plain values, or has a settings record of its own.
 */
package io.heartline.reports;
