/**
 * The contract of Heartline: what a like event is, how it stands in Kafka, and how a place in that log is named. The
 * services know this package and never each other.
 */
package io.heartline.events;
