package io.heartline.reports.read;

/** The place among the heavy queries that one GraphQL request takes if it turns out to be heavy. */
final class QueryPlace {

    private final Places heavy;
    private boolean isTaken;
    private boolean isOver;

    QueryPlace(Places heavy) {
        this.heavy = heavy;
    }

    /**
     * Does nothing after the request has ended, because the place would never be given back.
     *
     * @throws io.heartline.reports.BusyException if there is none
     */
    synchronized void take() {
        if (!isTaken && !isOver) {
            heavy.enter();
            isTaken = true;
        }
    }

    /** Gives the permit back. Called once, when the request ends, however it does. */
    synchronized void giveBack() {
        isOver = true;
        if (isTaken) {
            heavy.leave();
            isTaken = false;
        }
    }
}
