/**
 * A real Kafka broker and a stand-in for MongoDB, started inside this JVM on loopback: what the quickstart keeps its data
 * in, and what integration tests run against. Not for production.
 */
package io.heartline.quickstart.backends;
