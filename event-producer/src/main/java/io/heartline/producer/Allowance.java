package io.heartline.producer;

import java.time.Duration;

/** How many likes one caller may still send. */
interface Allowance {

    Allowance UNLIMITED = () -> Duration.ZERO;

    /** Takes one like of it: zero if it was there, else nothing is taken, and there will be one in so long. */
    Duration take();
}
