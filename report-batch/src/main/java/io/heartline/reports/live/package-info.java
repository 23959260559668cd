/**
 * Live reports: the reports that clients watch, as server-sent events. A live report is a stored report into which every later record of
 * the log is folded, in memory.
 *
 * <p>The figures at a position equal the figures of a run that ends there. {@link io.heartline.reports.load.ReportLoader} loads the same
 * state for both, {@link io.heartline.reports.fold.WeeklyReport} folds it, and each report skips the records that it includes already.
 * So a partition can be read again from any earlier offset, and no record is counted twice.
 *
 * <p>Three threads share the work. {@link io.heartline.reports.live.LiveTail} follows the partitions of the watched authors, and sends events.
 * {@link io.heartline.reports.live.LiveLoader} loads authors, reads the records since the last run, and finds what runs and operators have
 * stored since. A third thread asks Kafka for the ends of the partitions, so that {@link io.heartline.reports.live.LogEndChecks} knows
 * whether the tail has read everything. The tail's thread alone uses {@link io.heartline.reports.live.LiveAuthors}, so these need no locks.
 *
 * <p>May depend on the packages load, fold, progress, erasure, kafka, mongo, settings, failure, http and read.
 */
package io.heartline.reports.live;
