/** The likes that a load consists of, the targets, and how clients read or ingest likes. Depends on {@code result} only. */
package io.heartline.bench.model;
