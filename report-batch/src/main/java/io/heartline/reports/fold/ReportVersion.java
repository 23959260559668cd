package io.heartline.reports.fold;

import org.jspecify.annotations.Nullable;

/**
 * The version of a stored report.
 *
 * @param key the key of the report
 * @param version random, and different after each save
 * @param erasure the mark of the author's latest erasure when the report was folded; null if the author was never
 *     erased
 */
public record ReportVersion(
        ReportKey key, long version, @Nullable String erasure) {}
