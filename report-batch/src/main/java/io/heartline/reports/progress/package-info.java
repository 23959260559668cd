/**
 * How far each partition is folded: progress and its store, the leases by which instances share partitions, and a snapshot that
 * compares progress with the log. An operator uses {@link io.heartline.reports.progress.OffsetReset} after a gap between the two.
 *
 * <p>May depend on {@code kafka}, {@code fold}, {@code mongo} and {@code failure}.
 */
package io.heartline.reports.progress;
