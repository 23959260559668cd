/**
 * Erases an author: deletes the reports, and excludes all likes that were logged before. The HTTP endpoint, the command and the
 * worker use it.
 *
 * <p>May depend on {@code progress}, {@code kafka}, {@code fold}, {@code mongo}, {@code http} and {@code failure}, not on {@code run}
 * or {@code worker}.
 */
package io.heartline.reports.erasure;
