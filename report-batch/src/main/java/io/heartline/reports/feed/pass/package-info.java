/**
 * Enters reports into the feed of revisions: all reports of a week when the week is sealed, and later each report that was saved again.
 *
 * <p>May depend on {@code feed}, {@code erasure}, {@code progress}, {@code settings}, {@code fold}, {@code mongo} and {@code failure},
 * not on {@code run} or {@code worker}.
 */
package io.heartline.reports.feed.pass;
