package io.heartline.gateway.http;

import io.heartline.events.Identifier;
import io.heartline.gateway.stream.ForeignPositionException;
import io.heartline.gateway.stream.Frame;
import io.heartline.gateway.stream.Frames;
import io.heartline.gateway.stream.StreamRefusedException;
import io.heartline.web.problem.InvalidParameterException;
import io.heartline.web.problem.ProblemJson;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.ErrorResponse;
import tools.jackson.databind.json.JsonMapper;

/** The frames that refuse clients' messages. Each has the problem detail that an HTTP response to the same failure would have. */
@Component
class MessageRefusals {

    private static final Logger logger = LoggerFactory.getLogger(MessageRefusals.class);

    private final StreamRefusals refusals;
    private final JsonMapper json;

    MessageRefusals(StreamRefusals refusals, JsonMapper json) {
        this.refusals = refusals;
        this.json = json;
    }

    /**
     * Returns the refusal of a message.
     *
     * @param author the author that the message names; null if it names none
     * @param failure the reason. An exception that is no refusal means that the log could not be read
     */
    Frame frame(@Nullable String author, Throwable failure) {
        Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
        String problem =
                json.writeValueAsString(ProblemJson.members(errorResponse(cause).getBody()));
        return Frames.refused(Identifier.isValid(author) ? author : null, problem);
    }

    private ErrorResponse errorResponse(Throwable cause) {
        if (cause instanceof ErrorResponse response) {
            return response;
        }
        if (cause instanceof ForeignPositionException) {
            return foreignPosition();
        }
        if (cause instanceof StreamRefusedException refused) {
            return refusals.refuse(refused);
        }
        logger.debug("an author could not be followed", cause);
        return refusals.refuse(StreamRefusedException.logLost());
    }

    /** Returns the refusal of a position of a partition with none of the authors. */
    static InvalidParameterException foreignPosition() {
        return new InvalidParameterException(
                "after", "must not have a position of a partition without followed authors");
    }
}
