/**
 * Answers REST requests for reports, totals and rankings: JSON with ETags, and exports as CSV and NDJSON.
 *
 * <p>May depend on {@code read}, {@code fold} and {@code http}, not on {@code read.graphql}.
 */
package io.heartline.reports.read.rest;
