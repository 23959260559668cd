/**
 * Senders of likes and requests at an even pace or as fast as possible. Depends on {@code client}, {@code server}, {@code model}
 * and {@code result}.
 */
package io.heartline.bench.load;
