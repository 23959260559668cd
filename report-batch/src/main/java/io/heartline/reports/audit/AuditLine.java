package io.heartline.reports.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event, as it is logged. Exactly one of {@code subject}, {@code address} and {@code user} names the caller.
 *
 * @param action the text of an {@link AuditAction}
 * @param author the author of the reports; null for the reports of all authors, and for a run
 * @param target the path of the resource, as in the URL
 * @param subject the subject of the token; null without tokens
 * @param address the address of the client, if requests have no token; null otherwise
 * @param user the operating system's account that started a command; null for a request
 * @param requestId the request id of the response; null for a command
 * @param status the status of the response; null for a command, and if the client disconnected before the response
 * @param complete whether an export was sent completely; null for other actions
 * @param exitCode the exit code of a command; null for a request
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record AuditLine(
        String action,
        @Nullable String author,
        String target,
        @Nullable String subject,
        @Nullable String address,
        @Nullable String user,
        @Nullable String requestId,
        @Nullable Integer status,
        @Nullable Boolean complete,
        @Nullable Integer exitCode) {

    /**
     * Escapes characters outside ASCII. Issuers choose subjects, so no character may end a line or change the output of
     * a terminal.
     */
    private static final ObjectWriter JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writerFor(AuditLine.class);

    String toJson() {
        return JSON.writeValueAsString(this)
                .replace("\u007f", "\\u007f"); // DEL is ASCII, so Jackson leaves it as it is
    }
}
