package io.heartline.reports.erasure;

/**
 * The erasures for one run or one request.
 *
 * @param authors erases authors
 * @param likers erases likers
 */
public record Erasures(ErasureService authors, LikerErasureService likers) {

    /** Completes interrupted erasures, and removes those whose likes the log no longer has. */
    public void sweep() {
        authors.sweep();
        likers.sweep();
    }
}
