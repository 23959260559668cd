package io.heartline.producer.like;

import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.HttpStatus;

/** Why a like is refused, each with a page of its own that the {@code type} of a problem leads to. */
public enum ProblemType {
    INVALID_LIKE(
            "invalid-like",
            HttpStatus.BAD_REQUEST,
            "Invalid like",
            "The body, or the line of a stream, is not a like. Nothing of it was logged.",
            "Mend what errors names, field by field, and send it again. Sent as it is, it will be refused again."),
    INVALID_HEADER(
            "invalid-header",
            HttpStatus.BAD_REQUEST,
            "Invalid header",
            "A header of the request cannot be understood. Nothing was logged.",
            "Mend the header that errors names, and send the request again."),
    TOO_LARGE(
            "too-large",
            HttpStatus.CONTENT_TOO_LARGE,
            "Too large",
            "A like, alone or as a line of a stream, may have 16 KiB. Nothing of it was logged.",
            "A like needs a few hundred bytes: leave out fields that it does not have. Many likes are a stream:"
                    + " application/x-ndjson, one a line."),
    UNSUPPORTED_MEDIA_TYPE(
            "unsupported-media-type",
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "Unsupported media type",
            "Likes are taken as application/json, or as application/x-ndjson, in no content coding. Nothing was logged.",
            "Say so in Content-Type, and leave out Content-Encoding."),
    RATE_LIMITED(
            "rate-limited",
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many likes",
            "The caller sends more likes a second than one caller may. Nothing was logged.",
            "Wait for as many seconds as Retry-After says, and send it again. A stream is slowed down instead of refused."),
    TOO_MANY_STREAMS(
            "too-many-streams",
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many streams",
            "The caller has as many streams open on this instance as one caller may. Nothing of this one was read.",
            "Send more likes in fewer streams: one takes as many as Kafka does. Or wait for as many seconds as Retry-After"
                    + " says, until one has ended."),
    OVERLOADED(
            "overloaded",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Overloaded",
            "As many likes as this instance takes at a time are on their way to Kafka. This one was not logged.",
            "Wait for as many seconds as Retry-After says, and send it again under the same Idempotency-Key. If it is"
                    + " like this for long: more instances, or streams instead of single likes."),
    LOG_UNAVAILABLE(
            "log-unavailable",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Log unavailable",
            "Kafka did not acknowledge in time, so whether the like was logged is unknown.",
            "Wait for as many seconds as Retry-After says, and send it again under the same Idempotency-Key: if it was"
                    + " logged, it then counts once all the same."),
    LOG_REFUSED(
            "log-refused",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Log refused",
            "Kafka refused the like, or the topic must not be used as it is configured. The readiness of the service and its"
                    + " log have the reason.",
            "An operator has to change the topic or the permissions of the service. Then send the like again under the same"
                    + " Idempotency-Key.");

    final String slug;
    public final HttpStatus status;
    public final String title;
    public final String cause;
    public final String remedy;

    ProblemType(String slug, HttpStatus status, String title, String cause, String remedy) {
        this.slug = slug;
        this.status = status;
        this.title = title;
        this.cause = cause;
        this.remedy = remedy;
    }

    /** A path on the service that answered, which is where its page is. */
    public String uri() {
        return "/problems/" + slug;
    }

    public static Optional<ProblemType> of(String slug) {
        return Arrays.stream(values()).filter(type -> type.slug.equals(slug)).findFirst();
    }
}
