/**
 * Progress, its store, and the leases by which instances share partitions. A snapshot compares
 * progress with the log. An operator uses {@link io.heartline.reports.progress.OffsetReset} after a gap between the two.
 *
 * <p>May depend on {@code kafka}, {@code fold}, {@code mongo} and {@code failure}.
 */
package io.heartline.reports.progress;
