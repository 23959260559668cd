/**
 * The only code that uses Kafka's clients. It finds, creates and checks the topic, keeps one idempotent producer, and appends
 * likes. Only the monitor's thread waits for Kafka; every other method returns immediately.
 *
 * <p>It depends on no other package of the service.
 */
package io.heartline.producer.kafka;
