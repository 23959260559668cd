package io.heartline.producer.like;

import io.heartline.producer.kafka.BufferFullException;
import io.heartline.producer.kafka.UnusableTopicException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;

/** The refusal of a request, a line or an item. Its event is not in the log, or may not be in it. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient List<FieldError> errors;
    private final @Nullable Duration retryAfter;

    private RefusedException(
            ProblemType type,
            String detail,
            List<FieldError> errors,
            @Nullable Duration retryAfter,
            @Nullable Throwable cause) {
        // no stack trace: a refusal is no defect of this service, and overload causes many
        super(detail, cause, false, false);
        this.type = type;
        this.errors = errors;
        this.retryAfter = retryAfter;
    }

    private static RefusedException ofOneError(ProblemType type, String detail, FieldError error) {
        return new RefusedException(type, detail, List.of(error), null, null);
    }

    /**
     * Returns the refusal of a body, line or item that is not a like.
     *
     * @param errors the invalid fields
     * @return the refusal, {@link ProblemType#INVALID_LIKE}
     */
    public static RefusedException invalid(List<FieldError> errors) {
        return new RefusedException(
                ProblemType.INVALID_LIKE, "This is not a like: errors names what to mend.", errors, null, null);
    }

    /**
     * Returns the refusal of a header.
     *
     * @param header name of the header
     * @param detail rule that is broken, without a subject and without a full stop
     * @return the refusal, {@link ProblemType#INVALID_HEADER}
     */
    public static RefusedException invalidHeader(String header, String detail) {
        return ofOneError(ProblemType.INVALID_HEADER, header + ' ' + detail + '.', FieldError.ofHeader(header, detail));
    }

    /**
     * Returns the refusal of a stream whose results would all have to be held until its body ends.
     *
     * @param maxShortBytes size in bytes up to which a body may have all results
     * @return the refusal, {@link ProblemType#INVALID_HEADER}
     */
    public static RefusedException minimalResultsRequired(int maxShortBytes) {
        return invalidHeader(
                "Prefer",
                "must be given as `Prefer: return=minimal` for a stream that comes through a proxy or over HTTP/1.0, unless"
                        + " it is not compressed and its Content-Length is at most " + maxShortBytes);
    }

    /**
     * Returns the refusal of a body, line or item over 16 KiB.
     *
     * @return the refusal, {@link ProblemType#TOO_LARGE}
     */
    public static RefusedException tooLarge() {
        return ofOneError(
                ProblemType.TOO_LARGE, "A like may have 16 KiB.", FieldError.ofBody("must not be over 16 KiB"));
    }

    /**
     * Returns the refusal of a whole array that is malformed.
     *
     * @param pointer JSON pointer to the malformed item; empty if the array is malformed between its items
     * @param detail the rule that the body breaks, without its subject and without a full stop
     * @return the refusal, {@link ProblemType#INVALID_LIKE}
     */
    public static RefusedException invalidArray(String pointer, String detail) {
        return ofOneError(
                ProblemType.INVALID_LIKE,
                "This is not a JSON array, so none of its likes was logged: errors names what to mend.",
                new FieldError(pointer, null, null, detail));
    }

    /**
     * Returns the refusal of a whole array because of its size or its number of items.
     *
     * @return the refusal, {@link ProblemType#TOO_LARGE}
     */
    public static RefusedException arrayTooLarge() {
        return ofOneError(
                ProblemType.TOO_LARGE,
                "A request may have at most 1,000 likes and 16 MiB. None of its likes was logged.",
                FieldError.ofBody("must not be over 1,000 likes or 16 MiB"));
    }

    /**
     * Returns the refusal of a media type or content coding.
     *
     * @param header name of the header
     * @param detail the rule that the header breaks, without its subject and without a full stop
     * @return the refusal, {@link ProblemType#UNSUPPORTED_MEDIA_TYPE}
     */
    public static RefusedException unsupported(String header, String detail) {
        return ofOneError(
                ProblemType.UNSUPPORTED_MEDIA_TYPE, header + ' ' + detail + '.', FieldError.ofHeader(header, detail));
    }

    /**
     * Returns the refusal of a body that {@code Content-Encoding} says is gzip, but that is corrupt or truncated.
     *
     * @param reason what is wrong with the body, as a clause
     * @return the refusal, {@link ProblemType#INVALID_HEADER}
     */
    public static RefusedException notGzip(String reason) {
        return invalidHeader(HttpHeaders.CONTENT_ENCODING, "is gzip, but the body is not: " + reason);
    }

    /**
     * Returns the refusal of a compressed body whose ratio exceeds a limit.
     *
     * @param compressedBytes compressed bytes that were read
     * @param inflatedBytes bytes to which they inflate
     * @param rule the limit, as a clause
     * @return the refusal, {@link ProblemType#TOO_LARGE}
     */
    public static RefusedException ratioTooLarge(long compressedBytes, long inflatedBytes, String rule) {
        return ofOneError(
                ProblemType.TOO_LARGE,
                compressedBytes + " compressed bytes inflate to " + inflatedBytes + " bytes: " + rule + '.',
                FieldError.ofHeader(HttpHeaders.CONTENT_ENCODING, "is refused: " + rule));
    }

    /**
     * Returns the refusal of a like over the caller's rate limit.
     *
     * @param perSecond the limit in likes a second
     * @param retryAfter time until the limit permits the like
     * @return the refusal, {@link ProblemType#RATE_LIMITED}
     */
    public static RefusedException rateLimited(long perSecond, Duration retryAfter) {
        return new RefusedException(
                ProblemType.RATE_LIMITED,
                "One caller may send " + perSecond + " likes a second.",
                List.of(),
                retryAfter,
                null);
    }

    /**
     * Returns the refusal of a request with more likes than one caller may ever send in one request.
     *
     * @param burst the maximum number of likes
     * @return the refusal, {@link ProblemType#RATE_LIMITED}, without a time to wait
     */
    public static RefusedException overBurst(long burst) {
        return new RefusedException(
                ProblemType.RATE_LIMITED,
                "One caller may send at most " + burst + " likes in one request (heartline.producer.rate.burst).",
                List.of(),
                null,
                null);
    }

    /**
     * Returns the refusal of an array because its caller has the maximum number of arrays in flight.
     *
     * @param maxPerCaller the maximum for one caller on an instance
     * @return the refusal, {@link ProblemType#TOO_MANY_ARRAYS}
     */
    public static RefusedException tooManyArrays(int maxPerCaller) {
        return new RefusedException(
                ProblemType.TOO_MANY_ARRAYS,
                "One caller may send " + maxPerCaller
                        + " arrays at a time to an instance (heartline.producer.arrays.max-per-caller).",
                List.of(),
                Duration.ofSeconds(1),
                null);
    }

    /**
     * Returns the refusal of a stream because its caller has the maximum number of streams open.
     *
     * @param maxPerCaller the maximum for one caller on an instance
     * @return the refusal, {@link ProblemType#TOO_MANY_STREAMS}
     */
    public static RefusedException tooManyStreams(int maxPerCaller) {
        return new RefusedException(
                ProblemType.TOO_MANY_STREAMS,
                "One caller may have " + maxPerCaller
                        + " streams open on an instance (heartline.producer.streams.max-per-caller).",
                List.of(),
                Duration.ofSeconds(5),
                null);
    }

    /**
     * Returns the refusal of a like because too many likes are in flight.
     *
     * @param detail the reason, as a sentence
     * @return the refusal, {@link ProblemType#OVERLOADED}
     */
    public static RefusedException overloaded(String detail) {
        return new RefusedException(ProblemType.OVERLOADED, detail, List.of(), Duration.ofSeconds(1), null);
    }

    /**
     * Returns the refusal of a like that was not acknowledged.
     *
     * @param failure the reason; if it is a refusal itself, it is returned
     * @return the refusal
     */
    public static RefusedException of(Exception failure) {
        if (failure instanceof BufferFullException) {
            return overloaded("Kafka takes likes more slowly than they come.");
        }
        return failure instanceof RefusedException refusal ? refusal : unavailable(failure);
    }

    /**
     * Returns the refusal of a like that Kafka did not acknowledge.
     *
     * @param cause the reason; null if it is unknown
     * @return the refusal, {@link ProblemType#LOG_UNAVAILABLE} or {@link ProblemType#LOG_REFUSED}
     */
    public static RefusedException unavailable(@Nullable Throwable cause) {
        if (cause instanceof TopicAuthorizationException) {
            return logRefused("Kafka does not permit this service to write to the topic.", cause);
        }
        if (cause instanceof RecordTooLargeException) {
            return logRefused("Kafka is configured to accept smaller records only.", cause);
        }
        if (cause instanceof UnusableTopicException) {
            return logRefused("The topic must not be used as it is configured.", cause);
        }
        return new RefusedException(
                ProblemType.LOG_UNAVAILABLE,
                "Kafka did not acknowledge in time, so whether the like was logged is unknown: send it again.",
                List.of(),
                Duration.ofSeconds(5),
                cause);
    }

    private static RefusedException logRefused(String detail, Throwable cause) {
        return new RefusedException(ProblemType.LOG_REFUSED, detail, List.of(), Duration.ofSeconds(30), cause);
    }

    /**
     * Returns the type of the problem.
     *
     * @return the type
     */
    public ProblemType type() {
        return type;
    }

    /**
     * Returns the invalid fields.
     *
     * @return the fields; empty if the refusal has another reason
     */
    public List<FieldError> errors() {
        return errors;
    }

    /**
     * Returns how long the client should wait before it sends the same request again.
     *
     * @return the time to wait; null if the same request will always be refused
     */
    public @Nullable Duration retryAfter() {
        return retryAfter;
    }
}
