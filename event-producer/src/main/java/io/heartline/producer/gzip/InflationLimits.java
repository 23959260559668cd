package io.heartline.producer.gzip;

import io.heartline.producer.like.RefusedException;

/** The limits of the ratio between the bytes of a compressed body and its inflated bytes, in both directions. */
final class InflationLimits {

    /** Up to this size, any ratio is permitted, because so few bytes cost a millisecond. */
    static final int MIN_CHECKED_BYTES = 1024 * 1024;

    /**
     * The maximum number of inflated bytes for one compressed byte. Lines of likes compress 2 to 70 times, and one line that is
     * repeated, as in a load test, 342 times. DEFLATE reaches 1,032 times, which only serves to exhaust the service.
     */
    static final int MAX_RATIO = 400;

    /**
     * The maximum number of compressed bytes for one inflated byte. One gzip member for each line of 43 bytes, the shortest like,
     * stays below it. Without a limit, a body of nothing but headers or empty blocks would have no end.
     */
    static final int MAX_GROWTH = 2;

    /** The number of compressed bytes for which {@link #MAX_GROWTH} does not count. A header's extra field may take 64 KiB. */
    static final int MIN_CHECKED_COMPRESSED_BYTES = 128 * 1024;

    private InflationLimits() {}

    /**
     * Checks the sizes of the part of a body that was decoded until now.
     *
     * @throws RefusedException if the ratio exceeds a limit
     */
    static void check(long compressedBytes, long inflatedBytes) {
        if (inflatedBytes > MIN_CHECKED_BYTES && inflatedBytes > MAX_RATIO * compressedBytes) {
            throw RefusedException.ratioTooLarge(
                    compressedBytes,
                    inflatedBytes,
                    "over " + MIN_CHECKED_BYTES + " inflated bytes, one compressed byte may inflate to " + MAX_RATIO);
        }
        if (compressedBytes > MIN_CHECKED_COMPRESSED_BYTES && compressedBytes > MAX_GROWTH * inflatedBytes) {
            throw RefusedException.ratioTooLarge(
                    compressedBytes,
                    inflatedBytes,
                    "over " + MIN_CHECKED_COMPRESSED_BYTES + " compressed bytes, one inflated byte may take "
                            + MAX_GROWTH);
        }
    }
}
