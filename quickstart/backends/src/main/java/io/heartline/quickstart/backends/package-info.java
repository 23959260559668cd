/**
 * A real Kafka broker and a stand-in for MongoDB in this JVM, on loopback. The quickstart and the integration tests use them;
 * they are not for production. Depends on no other part of Heartline.
 */
package io.heartline.quickstart.backends;
