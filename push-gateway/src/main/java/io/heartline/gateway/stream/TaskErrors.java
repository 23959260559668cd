package io.heartline.gateway.stream;

import org.slf4j.Logger;

/** Logs what a task of a thread has thrown, if the thread is to go on with other tasks. */
public final class TaskErrors {

    private TaskErrors() {}

    /** Logs the cause and never throws. Without memory, logging may fail too; the cause is then logged when it returns. */
    public static void log(Logger logger, String message, Throwable e) {
        try {
            logger.error(message, e);
        } catch (RuntimeException | Error unlogged) {
            // nothing is left to report it with
        }
    }
}
