package io.heartline.reports.audit;

import java.security.Principal;
import org.jspecify.annotations.Nullable;

/**
 * The audit log: which callers requested a run, an export or an erasure, or read reports of other authors. Each event
 * is one line, a JSON object, by a logger below {@value #NAME}. A line has no token, no body and no query. Thread-safe.
 */
public final class AuditLog {

    static final String NAME = "heartline.audit";

    AuditLog() {}

    /**
     * The caller of a request.
     *
     * @param principal the principal of the token; null in mode open
     * @param address the address of the client, which names the caller if there is no token
     */
    record Caller(@Nullable Principal principal, String address) {}

    /**
     * The outcome of a request.
     *
     * @param requestId the request id of the response
     * @param status the status of the response; null if the client disconnected before the response
     * @param isComplete whether the response was sent completely
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

    /**
     * Logs that a command erased an author's reports, or tried to.
     *
     * @param author the author
     * @param exitCode the exit code of the command
     */
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
