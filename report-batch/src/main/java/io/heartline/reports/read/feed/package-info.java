/**
 * Serves the feed of revisions: pages of JSON, which a request can wait for, and server-sent events.
 *
 * <p>May depend on {@code read}, {@code feed}, {@code erasure}, {@code fold}, {@code settings}, {@code mongo}, {@code http} and
 * {@code failure}, not on {@code read.rest}, {@code read.graphql} or {@code feed.pass}.
 */
package io.heartline.reports.read.feed;
