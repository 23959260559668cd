/**
 * The command {@code --verify}: counts one week again from the log, in memory, and compares it with the stored reports. It writes
 * nothing.
 *
 * <p>May depend on {@code erasure}, {@code progress}, {@code kafka}, {@code fold}, {@code mongo} and {@code failure}.
 */
package io.heartline.reports.verify;
