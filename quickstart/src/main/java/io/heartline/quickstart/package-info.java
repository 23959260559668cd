/**
 * The whole system in one JVM, for a first look: broker, database, the three services and sample traffic. Depends on the
 * services; nothing depends on it.
 */
package io.heartline.quickstart;
