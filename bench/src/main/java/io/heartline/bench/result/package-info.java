/** Tables, delays, comparisons and failures, and how they are printed. Depends on no other package. */
package io.heartline.bench.result;
