package io.heartline.reports.mongo.server;

import java.time.Duration;
import java.util.List;
import org.bson.Document;

/**
 * The fail point {@code failCommand} of MongoDB, which answers commands with a fault instead of executing them, or delays them. It
 * needs a server with {@code enableTestCommands}.
 *
 * @param command the command {@code configureFailPoint}
 */
record FailCommand(Document command) {

    static final int NOT_WRITABLE_PRIMARY = 10107;
    static final int WRITE_CONCERN_TIMEOUT = 64;

    private static final Duration BEFORE_CLOSE = Duration.ofMillis(50);

    private static FailCommand of(Object mode, Document data) {
        return new FailCommand(new Document("configureFailPoint", "failCommand")
                .append("mode", mode)
                .append("data", data));
    }

    /** Delays all of these commands until {@link #off}. Each is executed after its delay. */
    static FailCommand delay(Duration delay, String... commands) {
        return of(
                "alwaysOn",
                new Document("failCommands", List.of(commands))
                        .append("blockConnection", true)
                        .append("blockTimeMS", (int) delay.toMillis()));
    }

    /** Delays the next of these commands on one collection. Each is executed after its delay. */
    static FailCommand delay(Duration delay, int times, String command, String namespace) {
        return of(
                new Document("times", times),
                data(command, namespace).append("blockConnection", true).append("blockTimeMS", (int) delay.toMillis()));
    }

    /** Answers the next of these commands with an error, and does not execute them. */
    static FailCommand error(int code, int times, String command, String namespace) {
        return of(new Document("times", times), data(command, namespace).append("errorCode", code));
    }

    /**
     * Closes the connection of the next of these commands after {@link #BEFORE_CLOSE}, and does not execute them.
     *
     * <p>If the server closes a connection within microseconds, driver 5.8 may lose the end of its write. Netty has then removed all
     * handlers, and the listener of the write throws because it removes one of them, too. The run then waits for the limit of
     * {@code BlockingMongo}, 90 s.
     */
    static FailCommand networkError(int times, String command, String namespace) {
        return of(
                new Document("times", times),
                data(command, namespace)
                        .append("blockConnection", true)
                        .append("blockTimeMS", (int) BEFORE_CLOSE.toMillis())
                        .append("closeConnection", true));
    }

    /** Executes the next of these commands, and answers that no majority has acknowledged it. */
    static FailCommand writeConcernError(int times, String command, String namespace) {
        return of(
                new Document("times", times),
                data(command, namespace)
                        .append(
                                "writeConcernError",
                                new Document("code", WRITE_CONCERN_TIMEOUT)
                                        .append("codeName", "WriteConcernTimeout")
                                        .append("errmsg", "waiting for replication timed out")));
    }

    static FailCommand off() {
        return new FailCommand(new Document("configureFailPoint", "failCommand").append("mode", "off"));
    }

    private static Document data(String command, String namespace) {
        return new Document("failCommands", List.of(command)).append("namespace", namespace);
    }
}
