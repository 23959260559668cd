package io.heartline.gateway.stream;

import org.slf4j.Logger;

/** A logger of errors in tasks whose thread continues with other tasks. */
public final class TaskErrors {

    private TaskErrors() {}

    /**
     * Logs an error, and never throws. If there is no memory for logging either, the error is not logged.
     *
     * @param logger the logger of the task's class
     * @param message a description of the failed task
     * @param e the exception or error that the task has thrown
     */
    public static void log(Logger logger, String message, Throwable e) {
        try {
            logger.error(message, e);
        } catch (RuntimeException | Error unlogged) {
            // there is no other way to report it
        }
    }
}
