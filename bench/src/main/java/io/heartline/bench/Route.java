package io.heartline.bench;

import java.util.List;
import org.HdrHistogram.Histogram;

/** A way for likes to go from a sender to a receiver, who times them from when they were due. */
interface Route extends AutoCloseable {

    /** How late likes were somewhere on the way, in nanoseconds. */
    record Stage(String name, Histogram delay) {}

    /** Returns at once. */
    void send(String author, long due, long number);

    /** The last is the arrival. */
    List<Stage> stages();

    long arrived();

    /** Sent in vain: turned away, or failed. */
    long refused();

    /** How many of those sent are through: nothing more is to be heard of them. */
    long settled();

    /** Counts and times from zero. */
    void reset();

    @Override
    void close();
}
