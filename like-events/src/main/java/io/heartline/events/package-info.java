/**
 * The contract of the topic: events, their JSON and Kafka record, positions, and the identity of the log. Every module may depend on
 * it. It depends on the Kafka client and Jackson's core alone.
 */
package io.heartline.events;
