/**
 * Creates Kafka clients for one run, asks Kafka for offsets, and writes dead letters. No client outlives its run, except the one of
 * {@link io.heartline.reports.kafka.HighWatermarkLookup}.
 *
 * <p>Depends on no other package of this module.
 */
package io.heartline.reports.kafka;
