/**
 * A class for each command, with its options and its table, and what only commands use. May depend on every package below.
 */
package io.heartline.bench.command;
