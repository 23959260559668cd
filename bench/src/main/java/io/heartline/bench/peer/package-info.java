/**
 * Servers to compare Heartline with, which run in processes of their own. Depends on {@code load} and the packages below it.
 */
package io.heartline.bench.peer;
