/** The command line of the benchmarks. It depends on all other packages; none depends on it. */
package io.heartline.bench;
