/** Clients of the servers under test and of Kafka, and what they receive. Depends on {@code model} and {@code result}. */
package io.heartline.bench.client;
