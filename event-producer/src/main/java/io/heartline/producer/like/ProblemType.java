package io.heartline.producer.like;

import java.util.Arrays;
import java.util.Optional;
import org.springframework.http.HttpStatus;

/** The types of problems that refuse a like. Each has a page, and the {@code type} of a problem is the path of that page. */
public enum ProblemType {
    /** The body, line, item or URL is not a like, or an array is malformed. */
    INVALID_LIKE(
            "invalid-like",
            HttpStatus.BAD_REQUEST,
            "Invalid like",
            "The body, line, item or URL is not a like, or the body is a malformed array. Nothing of it was logged.",
            "Mend each field or parameter that errors names, and send it again. Sent as it is, it will be refused again."),
    /** A header cannot be parsed, or has a value that is not permitted. */
    INVALID_HEADER(
            "invalid-header",
            HttpStatus.BAD_REQUEST,
            "Invalid header",
            "A header of the request cannot be understood, or the body is not what the header states. Nothing was logged, except"
                    + " the lines of a stream that have a result with a position.",
            "Mend the header that errors names, and send the request again."),
    /** The body, line or item is over 16 KiB, or an array is over its limits. */
    TOO_LARGE(
            "too-large",
            HttpStatus.CONTENT_TOO_LARGE,
            "Too large",
            "A like, alone or as a line of a stream or an item of an array, may have 16 KiB. An array may have 1,000 likes"
                    + " and 16 MiB. A compressed body may inflate to 400 times its size. Nothing of it was logged, except the"
                    + " lines of a stream that have a result with a position.",
            "A like needs a few hundred bytes: leave out fields that it does not have. More than 1,000 likes are several"
                    + " arrays, or a stream: application/x-ndjson, one a line. Send a body that compresses better without"
                    + " Content-Encoding."),
    /** The media type or content coding is not supported. */
    UNSUPPORTED_MEDIA_TYPE(
            "unsupported-media-type",
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "Unsupported media type",
            "Likes are taken as application/json, application/x-ndjson, application/cloudevents+json or"
                    + " application/cloudevents-batch+json, each in gzip or in no content coding. Nothing was logged.",
            "Say so in Content-Type, and give gzip in Content-Encoding, or leave it out."),
    /** The caller exceeds its rate limit. */
    RATE_LIMITED(
            "rate-limited",
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many likes",
            "The caller sends more likes a second than one caller may. Nothing was logged.",
            "Wait for the number of seconds in Retry-After, and send it again. Without Retry-After, detail has the number of"
                    + " likes that a request may have. A stream is slowed down instead of refused."),
    /** The caller has the maximum number of streams open. */
    TOO_MANY_STREAMS(
            "too-many-streams",
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many streams",
            "The caller has as many streams open on this instance as one caller may. Nothing of this one was read.",
            "Send more likes in fewer streams: one takes as many as Kafka does. Or wait for the number of seconds in"
                    + " Retry-After, until one has ended."),
    /** The caller has the maximum number of arrays in flight. */
    TOO_MANY_ARRAYS(
            "too-many-arrays",
            HttpStatus.TOO_MANY_REQUESTS,
            "Too many arrays",
            "The caller has as many arrays in flight on this instance as one caller may. Nothing of this one was logged.",
            "Wait for the number of seconds in Retry-After, and send it again under the same Idempotency-Key. Send the"
                    + " next array after an answer, or use a stream."),
    /** The instance has the maximum number of likes in flight. */
    OVERLOADED(
            "overloaded",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Overloaded",
            "As many likes as this instance takes at a time are on their way to Kafka. This one was not logged.",
            "Wait for the number of seconds in Retry-After, and send it again under the same Idempotency-Key. If it is"
                    + " like this for long: more instances, or streams instead of single likes."),
    /** Kafka did not acknowledge in time, so the like may or may not be in the log. */
    LOG_UNAVAILABLE(
            "log-unavailable",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Log unavailable",
            "Kafka did not acknowledge in time, so whether the like was logged is unknown.",
            "Wait for the number of seconds in Retry-After, and send it again under the same Idempotency-Key: if it was"
                    + " logged, it then counts once all the same."),
    /** Kafka refused the like, or the topic is unusable. */
    LOG_REFUSED(
            "log-refused",
            HttpStatus.SERVICE_UNAVAILABLE,
            "Log refused",
            "Kafka refused the like, or the topic must not be used as it is configured. The readiness of the service and its"
                    + " log have the reason.",
            "An operator has to change the topic or the permissions of the service. Then send the like again under the same"
                    + " Idempotency-Key.");

    final String slug;

    /** Status of the answer. */
    public final HttpStatus status;

    /** The {@code title} of the problem, and the title of the page. */
    public final String title;

    /** Sentences that explain the cause, and whether the like was logged. */
    public final String cause;

    /** Sentences that explain how to fix the problem. */
    public final String remedy;

    ProblemType(String slug, HttpStatus status, String title, String cause, String remedy) {
        this.slug = slug;
        this.status = status;
        this.title = title;
        this.cause = cause;
        this.remedy = remedy;
    }

    /**
     * Returns the URL of the page, relative to the service that answered.
     *
     * @return an absolute path
     */
    public String uri() {
        return "/problems/" + slug;
    }

    /**
     * Returns the type with a page of a given name.
     *
     * @param slug last segment of the page's path
     * @return the type; empty if there is none
     */
    public static Optional<ProblemType> of(String slug) {
        return Arrays.stream(values()).filter(type -> type.slug.equals(slug)).findFirst();
    }
}
