package io.heartline.reports.audit;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * Logs who had a run done, exported, erased, or read reports that are not their own: each event is one line, a JSON object, by a
 * logger below {@value #NAME}. A line has no token, no body and no query. Thread-safe.
 */
public final class AuditLog {

    static final String NAME = "heartline.audit";

    AuditLog() {}

    /**
     * The caller of a request.
     *
     * @param principal of the token; null in an open service
     * @param address of the client, which names the caller if there is no token
     */
    record Caller(@Nullable Principal principal, String address) {}

    /**
     * How a request ended.
     *
     * @param status of the answer; null if the client closed the connection before it was sent
     * @param isComplete whether the answer was sent as a whole
     */
    record Outcome(@Nullable String requestId, @Nullable Integer status, boolean isComplete) {}

    void request(AuditAction action, @Nullable String author, String target, Caller caller, Outcome outcome) {
        if (!action.logger.isInfoEnabled()) {
            return;
        }
        String subject = caller.principal() == null ? null : caller.principal().getName();
        log(
                action,
                new AuditLine(
                        action.text,
                        author,
                        target,
                        subject,
                        subject == null ? caller.address() : null,
                        null,
                        outcome.requestId(),
                        outcome.status(),
                        action == AuditAction.EXPORT ? outcome.isComplete() : null,
                        null));
    }

    /** Logs that a command has erased an author's reports, or has tried to. */
    public void commandErasure(String author, int exitCode) {
        String user = System.getProperty("user.name");
        log(
                AuditAction.ERASE,
                new AuditLine("erase", author, "/v1/authors/" + author, null, null, user, null, null, null, exitCode));
    }

    private static void log(AuditAction action, AuditLine line) {
        action.logger.info(line.toJson());
    }
}
