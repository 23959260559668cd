package io.heartline.reports.live;

import io.heartline.events.LikesLog;
import java.time.Instant;
import java.util.Collection;
import java.util.Map;

/**
 * Loaded states, and where the tail has to follow their partitions.
 *
 * @param log the log that the states were folded from
 * @param reached by partition: the states include all records below these offsets
 * @param states the states, which the tail's thread owns from now on
 * @param replaces whether the states replace existing states, because these are outdated
 * @param asOf the wall-clock time just before the ends of the partitions were looked up
 * @param nanos the same time of the monotonic clock
 */
record Admission(
        LikesLog log,
        Map<Integer, CatchUp.Reached> reached,
        Collection<LiveAuthor> states,
        boolean replaces,
        Instant asOf,
        long nanos) {}
