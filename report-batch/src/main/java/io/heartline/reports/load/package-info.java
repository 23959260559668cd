/**
 * Loads the stored reports of a chunk or of a live report so that events can be folded into them. Depends on the packages fold, progress,
 * erasure, failure and mongo.
 */
package io.heartline.reports.load;
