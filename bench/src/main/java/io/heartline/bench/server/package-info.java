/**
 * Starts and stops brokers, databases and the servers under test, and reads their CPU and memory. Depends on {@code model} and
 * {@code result}.
 */
package io.heartline.bench.server;
