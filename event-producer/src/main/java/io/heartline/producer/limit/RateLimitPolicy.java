package io.heartline.producer.limit;

/**
 * The rate limit of a caller as structured fields of
 * <a href="https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/">draft-ietf-httpapi-ratelimit-headers-10</a>.
 * The quota unit is a like. The draft has no name for this unit, so {@code qu} is absent.
 *
 * @param perSecond permits per second that a bucket gains; with 0 there are no headers
 * @param burst maximum number of permits in a bucket, 1 or more
 */
record RateLimitPolicy(long perSecond, long burst) {

    private static final String NAME = "\"likes\"";
    private static final long MAX_INTEGER = 999_999_999_999_999L; // of a structured field (RFC 9651, 3.3.1)

    /**
     * Returns the value of {@code RateLimit-Policy}. The quota {@code q} is the burst. The window {@code w} is the number of seconds
     * in which an empty bucket is full again, rounded up.
     */
    String policy() {
        long window = (burst - 1) / perSecond + 1;
        return NAME + ";q=" + integer(burst) + ";w=" + integer(window);
    }

    /**
     * Returns the value of {@code RateLimit}. The remaining quota {@code r} is the number of whole permits. The draft defines
     * {@code t} as the seconds until additional quota is available, and not until the whole quota is. So {@code t} is the time until
     * the next permit, rounded up. That is 1 because a bucket gains one permit or more per second, and 0 if the bucket is full. It is
     * never later than {@code Retry-After}, which a time until the bucket is full would often be.
     *
     * @param remaining whole permits in the bucket, 0 to the burst
     */
    String limit(long remaining) {
        return NAME + ";r=" + integer(remaining) + ";t=" + (remaining < burst ? 1 : 0);
    }

    private static long integer(long value) {
        return Math.min(value, MAX_INTEGER);
    }
}
