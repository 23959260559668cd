package io.heartline.reports.fold;

import org.jspecify.annotations.Nullable;

/**
 * A report as one save has left it.
 *
 * @param version random, and another one after each save
 * @param erasure the mark of its author's latest erasure when it was folded; null if the author was never erased
 */
public record ReportVersion(
        ReportKey key, long version, @Nullable String erasure) {}
