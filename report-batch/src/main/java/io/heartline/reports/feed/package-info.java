/**
 * The feed of revisions: numbered changes of sealed weeks, each a reference to a report. A reader adds the figures that are stored when
 * it reads the change. So a mirror that applies the changes in order ends equal to the reports of sealed weeks.
 *
 * <p>May depend on {@code fold}, {@code mongo} and {@code failure}. {@code erasure} enters erased reports here, and {@code feed.pass} enters all others.
 */
package io.heartline.reports.feed;
