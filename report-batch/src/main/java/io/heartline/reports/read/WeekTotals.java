package io.heartline.reports.read;

import org.bson.Document;

/**
 * Sums over all authors of a week. People who liked are not among them: who likes two authors is a liker of both.
 *
 * @param relativeError that of the least certain report: the sums are at least as certain; 0 when all are exact
 */
record WeekTotals(long authors, long likes, long unlikes, long liked, long unliked, double relativeError) {

    static final WeekTotals ZERO = new WeekTotals(0, 0, 0, 0, 0, 0);

    /** @param group what {@link RankingReader} asks MongoDB to add up */
    static WeekTotals of(Document group) {
        return new WeekTotals(
                number(group, "authors").longValue(),
                number(group, "likes").longValue(),
                number(group, "unlikes").longValue(),
                number(group, "liked").longValue(),
                number(group, "unliked").longValue(),
                number(group, "relativeError").doubleValue());
    }

    /** Of whatever type a sum became. */
    private static Number number(Document group, String field) {
        return group.get(field, Number.class);
    }
}
