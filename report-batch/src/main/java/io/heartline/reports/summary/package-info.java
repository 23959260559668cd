/** Sums of an author's weeks, with the distinct likers of all of them. Depends on {@code read}, and on the packages below it. */
package io.heartline.reports.summary;
