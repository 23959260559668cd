package io.heartline.bench;

/** Heartline, or what can be had of Kafka's own clients without it. */
enum Side {
    heartline,
    kafka
}
