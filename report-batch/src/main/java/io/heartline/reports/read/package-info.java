/**
 * Reads weekly reports, totals and rankings from MongoDB and prepares them for the API, independent of the protocol.
 * {@link io.heartline.reports.read.Freshness} decides whether the reports include a position, and waits for the run that includes it.
 *
 * <p>May depend on {@code fold}, {@code progress}, {@code kafka}, {@code settings}, {@code mongo} and {@code http}, not on
 * {@code read.rest} or {@code read.graphql}.
 */
package io.heartline.reports.read;
