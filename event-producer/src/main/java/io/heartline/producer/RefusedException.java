package io.heartline.producer;

import java.time.Duration;
import java.util.List;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.apache.kafka.common.errors.TopicAuthorizationException;
import org.jspecify.annotations.Nullable;

/** A request, or a line of one, that did not become an event in the log, or is not known to have. */
final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ProblemType type;
    private final transient List<Fault> faults;
    private final Duration retryAfter;

    private RefusedException(
            ProblemType type, String detail, List<Fault> faults, Duration retryAfter, Throwable cause) {
        // no defect of ours, and under overload there are many: no stack trace
        super(detail, cause, false, false);
        this.type = type;
        this.faults = faults;
        this.retryAfter = retryAfter;
    }

    static RefusedException invalid(List<Fault> faults) {
        return new RefusedException(
                ProblemType.invalidLike, "This is not a like: errors names what to mend.", faults, null, null);
    }

    static RefusedException invalidHeader(String header, String detail) {
        return new RefusedException(
                ProblemType.invalidHeader,
                header + ' ' + detail + '.',
                List.of(Fault.ofHeader(header, detail)),
                null,
                null);
    }

    /** Returns the refusal of a stream whose results would all have to be held until its body ends. */
    static RefusedException heldStream() {
        return invalidHeader(
                "Prefer",
                "must be given as `Prefer: return=minimal` for a stream that comes through a proxy or over HTTP/1.0, unless"
                        + " its Content-Length is at most " + ResultOptions.MAX_SHORT_BYTES);
    }

    static RefusedException tooLarge() {
        return new RefusedException(
                ProblemType.tooLarge,
                "A like may have 16 KiB.",
                List.of(Fault.ofBody("must not be over 16 KiB")),
                null,
                null);
    }

    static RefusedException unsupported(String header, String detail) {
        return new RefusedException(
                ProblemType.unsupportedMediaType,
                header + ' ' + detail + '.',
                List.of(Fault.ofHeader(header, detail)),
                null,
                null);
    }

    static RefusedException rateLimited(long perSecond, Duration retryAfter) {
        return new RefusedException(
                ProblemType.rateLimited,
                "One caller may send " + perSecond + " likes a second.",
                List.of(),
                retryAfter,
                null);
    }

    static RefusedException tooManyStreams(int maxPerCaller) {
        return new RefusedException(
                ProblemType.tooManyStreams,
                "One caller may have " + maxPerCaller
                        + " streams open on an instance (heartline.producer.streams.max-per-caller).",
                List.of(),
                Duration.ofSeconds(5),
                null);
    }

    static RefusedException overloaded(String what) {
        return new RefusedException(ProblemType.overloaded, what, List.of(), Duration.ofSeconds(1), null);
    }

    /** Returns the refusal of a like that was not acknowledged. */
    static RefusedException of(Exception failure) {
        return failure instanceof RefusedException known ? known : unavailable(failure);
    }

    /**
     * Returns the refusal of a like that Kafka did not acknowledge.
     *
     * @param cause null if none is known
     */
    static RefusedException unavailable(@Nullable Throwable cause) {
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
                ProblemType.logUnavailable,
                "Kafka did not acknowledge in time, so whether the like was logged is unknown: send it again.",
                List.of(),
                Duration.ofSeconds(5),
                cause);
    }

    private static RefusedException logRefused(String detail, Throwable cause) {
        return new RefusedException(ProblemType.logRefused, detail, List.of(), Duration.ofSeconds(30), cause);
    }

    ProblemType type() {
        return type;
    }

    List<Fault> faults() {
        return faults;
    }

    /** Null if the same request will be refused whenever it comes. */
    Duration retryAfter() {
        return retryAfter;
    }
}
