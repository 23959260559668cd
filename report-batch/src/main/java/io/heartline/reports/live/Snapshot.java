package io.heartline.reports.live;

import io.heartline.reports.read.ReportView;

/**
 * The present report of a watched week.
 *
 * @param figures the report without {@code asOf} and {@code through}, for a comparison
 * @param event the report as an event
 */
record Snapshot(ReportView figures, byte[] event) {}
