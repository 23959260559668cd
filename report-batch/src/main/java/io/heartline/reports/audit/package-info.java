/**
 * Logs which callers requested a run, an export or an erasure, or read reports of other authors. Each event is one line of JSON by a
 * logger below {@code heartline.audit}. A filter audits requests. A GraphQL query adds the reports that it reads to
 * {@link io.heartline.reports.audit.AuditedReads}.
 *
 * <p>Depends on no other package of this module.
 */
package io.heartline.reports.audit;
