/**
 * Counts likes: folds events into weekly reports and stores them in MongoDB. Depends on no other package of this module.
 *
 * <p>A like is a fact about a pair of a post and a liker. A week counts each pair once, however often it is retried, double-clicked
 * or toggled. {@code likes} are the pairs that liked, {@code unlikes} the pairs that withdrew, and {@code likers} the people who
 * liked. Only {@code events} counts records, so that it can be compared with the events that were delivered live. A pair belongs to
 * its earliest day by {@code at}, in whichever order its likes arrive.
 *
 * <p>A document stays below 1 MiB, so it has three ways to count:
 *
 * <ul>
 *   <li>Up to 16 384 pairs, sets of their hashes ({@link io.heartline.reports.fold.DistinctSet}): exact, and for any order of
 *       arrival the same document.
 *   <li>Beyond, sketches ({@link io.heartline.reports.fold.DistinctSketch}): estimates with a stated error. They depend
 *       on the order within that error, and a pair stays on the day it first arrived for. However the log is cut into runs,
 *       the document is the same.
 *   <li>Posts have counters in both ({@link io.heartline.reports.fold.PostCounts}): one each for 2 000 posts, shared beyond.
 *       If a week has few pairs but more posts, all its figures are exact except for its top posts, whose maximum
 *       error is stated.
 * </ul>
 *
 * <p>Days always add up to {@code likes}, and so do posts.
 */
package io.heartline.reports.fold;
