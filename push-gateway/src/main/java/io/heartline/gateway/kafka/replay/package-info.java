/**
 * Reads pages of records that have left the ring from Kafka, on few threads, and lets clients share pages and reads.
 *
 * <p>It depends on {@code stream}, and on {@code kafka} for the search for undecodable records.
 */
package io.heartline.gateway.kafka.replay;
