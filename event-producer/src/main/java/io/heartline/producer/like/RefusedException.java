package io.heartline.producer.like;

import io.heartline.producer.kafka.BufferFullException;
import io.heartline.producer.kafka.UnusableTopicException;
import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/** A request, or a line of one, that did not become an event in the log, or is not known to have. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient List<FieldError> errors;
    private final Duration retryAfter;

    private RefusedException(
            ProblemType type, String detail, List<FieldError> errors, Duration retryAfter, Throwable cause) {
        // no defect of ours, and under overload there are many: no stack trace
        super(detail, cause, false, false);
        this.type = type;
        this.errors = errors;
        this.retryAfter = retryAfter;
    }

    public static RefusedException invalid(List<FieldError> errors) {
        return new RefusedException(
                ProblemType.INVALID_LIKE, "This is not a like: errors names what to mend.", errors, null, null);
    }

    static RefusedException invalidHeader(String header, String detail) {
        return new RefusedException(
                ProblemType.INVALID_HEADER,
                header + ' ' + detail + '.',
                List.of(FieldError.ofHeader(header, detail)),
                null,
                null);
    }

    /**
     * Returns the refusal of a stream whose results would all have to be held until its body ends.
     *
     * @param maxShortBytes size in bytes up to which a body may have all results
     */
    public static RefusedException minimalResultsRequired(int maxShortBytes) {
        return invalidHeader(
                "Prefer",
                "must be given as `Prefer: return=minimal` for a stream that comes through a proxy or over HTTP/1.0, unless"
                        + " its Content-Length is at most " + maxShortBytes);
    }

    public static RefusedException tooLarge() {
        return new RefusedException(
                ProblemType.TOO_LARGE,
                "A like may have 16 KiB.",
                List.of(FieldError.ofBody("must not be over 16 KiB")),
                null,
                null);
    }

    public static RefusedException unsupported(String header, String detail) {
        return new RefusedException(
                ProblemType.UNSUPPORTED_MEDIA_TYPE,
                header + ' ' + detail + '.',
                List.of(FieldError.ofHeader(header, detail)),
                null,
                null);
    }

    public static RefusedException rateLimited(long perSecond, Duration retryAfter) {
        return new RefusedException(
                ProblemType.RATE_LIMITED,
                "One caller may send " + perSecond + " likes a second.",
                List.of(),
                retryAfter,
                null);
    }

    public static RefusedException tooManyStreams(int maxPerCaller) {
        return new RefusedException(
                ProblemType.TOO_MANY_STREAMS,
                "One caller may have " + maxPerCaller
                        + " streams open on an instance (heartline.producer.streams.max-per-caller).",
                List.of(),
                Duration.ofSeconds(5),
                null);
    }

    public static RefusedException overloaded(String detail) {
        return new RefusedException(ProblemType.OVERLOADED, detail, List.of(), Duration.ofSeconds(1), null);
    }

    /** Returns the refusal of a like that was not acknowledged. */
    public static RefusedException of(Exception failure) {
        if (failure instanceof BufferFullException) {
            return overloaded("Kafka takes likes more slowly than they come.");
        }
        return failure instanceof RefusedException refusal ? refusal : unavailable(failure);
    }

    /**
     * Returns the refusal of a like that Kafka did not acknowledge.
     *
     * @param cause null if none is known
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

    public ProblemType type() {
        return type;
    }

    public List<FieldError> errors() {
        return errors;
    }

    /** Null if the same request will be refused whenever it comes. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
