package io.heartline.reports.ranking;

import org.bson.Document;

/**
 * Sums over all authors of a week. Likers are not summed, because a person who likes two authors is a liker of both.
 *
 * @param authors the number of authors who have a report
 * @param likes the sum of likes
 * @param unlikes the sum of unlikes
 * @param liked the sum of records of likes
 * @param unliked the sum of records of withdrawn likes
 * @param relativeError the relative error of the least certain report, which is the maximum for the sums; 0 if all
 *     reports are exact
 */
record WeekTotals(long authors, long likes, long unlikes, long liked, long unliked, double relativeError) {

    static final WeekTotals ZERO = new WeekTotals(0, 0, 0, 0, 0, 0);

    /**
     * Returns the totals of an aggregation.
     *
     * @param group the sums that {@link RankingReader} aggregates
     */
    static WeekTotals of(Document group) {
        return new WeekTotals(
                number(group, "authors").longValue(),
                number(group, "likes").longValue(),
                number(group, "unlikes").longValue(),
                number(group, "liked").longValue(),
                number(group, "unliked").longValue(),
                number(group, "relativeError").doubleValue());
    }

    /** Returns a sum. MongoDB chooses its type. */
    private static Number number(Document group, String field) {
        return group.get(field, Number.class);
    }
}
