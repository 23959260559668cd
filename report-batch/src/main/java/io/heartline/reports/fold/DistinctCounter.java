package io.heartline.reports.fold;

/** A counter of distinct hashes. Each hash is on a day of the week. */
sealed interface DistinctCounter permits DistinctSet, DistinctSketch {

    /**
     * Adds a hash.
     *
     * @param hash a hash whose bits are uniformly distributed
     * @param day 0 to 6, Monday first
     * @param max the maximum growth of an estimate; if it is negative, the estimate does not grow. A set grows by 1 in
     *     any case
     * @return the growth of the count; 0 for a hash that was already counted
     */
    long add(long hash, int day, long max);

    /** Adds a hash without a limit. */
    default long add(long hash, int day) {
        return add(hash, day, Long.MAX_VALUE);
    }

    /** Returns the number of distinct hashes. */
    long count();

    /** Returns the number of hashes on each day, Monday first. Their sum is {@link #count()}. */
    long[] byDay();

    /** Returns three standard errors of the count, as a fraction of it. */
    double relativeError();

    /** Returns the size in memory, in bytes. */
    int memoryBytes();

    /** Returns the hashes or the registers, as they are stored. */
    byte[] toBytes();
}
