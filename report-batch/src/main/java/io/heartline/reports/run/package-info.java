/**
 * Runs and their queue as documents in MongoDB, which all instances share. Any instance takes requests for runs and shows any run.
 *
 * <p>May depend on {@code progress}, {@code mongo} and {@code failure}.
 */
package io.heartline.reports.run;
