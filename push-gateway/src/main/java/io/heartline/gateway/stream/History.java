package io.heartline.gateway.stream;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/** The records of the log that have left the ring. Reads are asynchronous; any thread may call. */
public interface History {

    /**
     * Reads records of authors, up to the maximum of a page.
     *
     * @param request the authors, and the first offset
     * @return the page; fails with {@link StreamRefusedException} if too many reads are waiting, and with {@link
     *     UndecodableException} if no page can begin at the first offset
     */
    CompletionStage<Page> read(Request request);

    /**
     * Returns the offset of the first record that was logged at a time or later.
     *
     * @param partition number of the partition
     * @param time the time
     * @return the offset; fails if Kafka does not answer in time
     */
    CompletionStage<Since> firstSince(int partition, Instant time);

    /**
     * Returns the range of offsets that the log of a partition contains.
     *
     * @param partition number of the partition
     * @param offset an offset that the caller compares with the end; if it is after the known end, the range is fetched from
     *     Kafka again
     * @return the range, possibly a little old; fails if Kafka does not answer in time
     */
    CompletionStage<Bounds> bounds(int partition, long offset);

    /** Drops all cached pages and ranges. Called before another log is read, or a log whose records may have changed. */
    void clearCaches();

    /**
     * A request for a page.
     *
     * @param partition number of the authors' partition
     * @param authors the authors, all of that partition
     * @param caller the caller that is charged for the read
     * @param from the first offset, inclusive
     * @param end supplies the offset, exclusive, at which the read ends; called when the read begins, which may be later
     * @param isWanted supplies false once the client has disconnected
     */
    record Request(
            int partition, Set<String> authors, String caller, long from, LongSupplier end, BooleanSupplier isWanted) {}

    /**
     * The first record since a time.
     *
     * @param offset the offset of the record; the end of the log if there is no record
     * @param isComplete whether the log still has every record since the time; false if such records may have been deleted
     */
    record Since(long offset, boolean isComplete) {}

    /**
     * The records of authors, and how far the log was read for them.
     *
     * @param entries in order of offset
     * @param next the first offset that is not covered
     */
    record Page(List<LogEntry> entries, long next) {

        /**
         * Returns whether the page contains the offset.
         *
         * @param offset at or after the page's first offset
         * @return true if the page ends after the offset
         */
        public boolean covers(long offset) {
            return offset < next;
        }

        /**
         * Returns the part of this page that begins at an offset.
         *
         * @param offset the first offset, inclusive
         * @return a page without the entries before the offset
         */
        public Page since(long offset) {
            int first = 0;
            while (first < entries.size() && entries.get(first).offset < offset) {
                first++;
            }
            return first == 0 ? this : new Page(entries.subList(first, entries.size()), next);
        }
    }

    /**
     * The range of offsets that the log of a partition contains.
     *
     * @param begin the first offset, inclusive
     * @param end the offset of the next record, which is not written yet
     */
    record Bounds(long begin, long end) {}
}
