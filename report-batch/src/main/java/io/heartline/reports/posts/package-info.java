/** All posts of an author's week, in pages. Depends on {@code read}, and on the packages below it. */
package io.heartline.reports.posts;
