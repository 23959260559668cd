package io.heartline.reports.fold;

/** Counts distinct hashes, each on a day of the week. */
sealed interface DistinctCounter permits DistinctSet, DistinctSketch {

    /**
     * Adds a hash.
     *
     * @param hash of good quality in all of its bits
     * @param day 0 to 6, Monday first
     * @param max an estimate grows by no more than this, or not at all if it is negative; a set grows by 1 in any case
     * @return by how much the count has grown: 0 for a hash that was there
     */
    long add(long hash, int day, long max);

    /** Adds a hash without a limit. */
    default long add(long hash, int day) {
        return add(hash, day, Long.MAX_VALUE);
    }

    long count();

    /** How many hashes stand on each day, Monday first: in sum, {@link #count()}. */
    long[] byDay();

    /** Three standard errors of the count, as a share of it. */
    double relativeError();

    /** How much memory it takes. */
    int memoryBytes();

    /** What it remembers of the hashes. */
    byte[] toBytes();
}
