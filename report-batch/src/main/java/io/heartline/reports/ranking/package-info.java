/**
 * The ranking of a week's authors, and the sums over all of them. Each order of the ranking has an index with every field that its
 * query reads, so a page is a bounded read. Depends on {@code read}, and on the packages below it.
 */
package io.heartline.reports.ranking;
