/**
 * Answers {@code /graphql}: checks the request, limits the cost of the query and resolves the queries of {@code schema.graphqls}.
 *
 * <p>May depend on {@code read}, {@code audit}, {@code http}, {@code failure} and {@code mongo}, not on {@code read.rest}.
 */
package io.heartline.reports.read.graphql;
