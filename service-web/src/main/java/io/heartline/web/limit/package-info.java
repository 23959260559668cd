/**
 * Limits on how many of something exist concurrently on an instance, of all callers and of one caller. It also has the name
 * under which a caller is counted. Nothing here waits. It may depend on {@code security}, because the mode decides on defaults.
 */
package io.heartline.web.limit;
