package io.heartline.reports.audit;

import com.fasterxml.jackson.annotation.JsonInclude;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.json.JsonWriteFeature;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;

/**
 * One event, as it is logged. Exactly one of {@code subject}, {@code address} and {@code user} names the caller.
 *
 * @param author whose reports they are; null if they are those of all authors, or for a run
 * @param target path of the resource, as in the URL
 * @param subject of the token; null without tokens
 * @param address of the client, where requests have no token; null otherwise
 * @param user the operating system's account that started a command; null for a request
 * @param requestId of the answer; null for a command
 * @param status of the answer; null if the client closed the connection before it was sent, and for a command
 * @param complete whether an export was sent as a whole; null for other actions
 * @param exitCode of a command; null for a request
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

    /** Subjects are chosen by others: no character of them can end a line, or change what a terminal shows. */
    private static final ObjectWriter JSON = JsonMapper.builder()
            .enable(JsonWriteFeature.ESCAPE_NON_ASCII)
            .build()
            .writerFor(AuditLine.class);

    String toJson() {
        return JSON.writeValueAsString(this)
                .replace("\u007f", "\\u007f"); // DEL is ASCII, so Jackson leaves it as it is
    }
}
