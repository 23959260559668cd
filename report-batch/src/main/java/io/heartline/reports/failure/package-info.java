/**
 * Exceptions that end a run, a command or the start of an instance. {@link io.heartline.reports.failure.Failures} decides whether a
 * retry can help, and describes an exception to operators.
 *
 * <p>Depends on no other package of this module.
 */
package io.heartline.reports.failure;
