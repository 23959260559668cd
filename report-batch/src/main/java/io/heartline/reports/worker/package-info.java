/**
 * This instance's part in runs: the thread, the schedule, and one run from its plan to its end. A run pulls a chunk, folds it into
 * reports, writes dead letters and then advances progress.
 *
 * <p>May depend on every package except {@code verify}, {@code read} and its sub-packages, {@code page} and the root.
 */
package io.heartline.reports.worker;
