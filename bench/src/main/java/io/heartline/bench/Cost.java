package io.heartline.bench;

/**
 * What a way took in one measurement, for one client and second.
 *
 * @param likes that the client was to be told
 * @param cpu seconds of the server's
 * @param bytes both ways
 */
record Cost(Way way, double likes, double cpu, double bytes) {}
