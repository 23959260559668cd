package io.heartline.web.trace;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * The header {@code traceparent} of W3C Trace Context, of the version 00 or a later version.
 *
 * @param traceId 32 hexadecimal digits in lower case, not all zero
 * @param spanId 16 hexadecimal digits in lower case, not all zero
 * @param isSampled whether the sender records the trace
 */
public record TraceParent(String traceId, String spanId, boolean isSampled) {

    /** The name of the header. */
    public static final String HEADER = "traceparent";

    private static final int TRACE_ID = 3;
    private static final int TRACE_ID_END = TRACE_ID + 32;
    private static final int SPAN_ID = TRACE_ID_END + 1;
    private static final int SPAN_ID_END = SPAN_ID + 16;
    private static final int FLAGS = SPAN_ID_END + 1;
    private static final int LENGTH = FLAGS + 2;
    private static final int SAMPLED = 1;

    /**
     * Reads the header.
     *
     * @param value the header's value in ASCII; null if there is no header
     * @return null if the value is null or malformed
     */
    public static @Nullable TraceParent parse(byte @Nullable [] value) {
        if (value == null || !isValid(value)) {
            return null;
        }
        return new TraceParent(
                text(value, TRACE_ID, TRACE_ID_END), text(value, SPAN_ID, SPAN_ID_END), hasSampledFlag(value));
    }

    /**
     * Returns whether the header is valid and its flag shows that its sender records the trace. Allocates nothing.
     *
     * @param value the header's value in ASCII; null if there is no header
     * @return false if the value is null or malformed
     */
    public static boolean isSampled(byte @Nullable [] value) {
        return value != null && isValid(value) && hasSampledFlag(value);
    }

    private static boolean isValid(byte[] value) {
        return value.length >= LENGTH
                && isHex(value, 0, 2)
                && value[2] == '-'
                && isId(value, TRACE_ID, TRACE_ID_END)
                && value[TRACE_ID_END] == '-'
                && isId(value, SPAN_ID, SPAN_ID_END)
                && value[SPAN_ID_END] == '-'
                && isHex(value, FLAGS, LENGTH)
                && isLengthOfVersion(value);
    }

    /** Returns whether the version exists, and has this length. A version after 00 may add fields after a dash. */
    private static boolean isLengthOfVersion(byte[] value) {
        if (value[0] == 'f' && value[1] == 'f') {
            return false;
        }
        boolean isVersion00 = value[0] == '0' && value[1] == '0';
        return value.length == LENGTH || !isVersion00 && value[LENGTH] == '-';
    }

    private static boolean isId(byte[] value, int from, int to) {
        boolean isZero = true;
        for (int i = from; i < to; i++) {
            isZero &= value[i] == '0';
        }
        return !isZero && isHex(value, from, to);
    }

    private static boolean isHex(byte[] value, int from, int to) {
        for (int i = from; i < to; i++) {
            if (digit(value[i]) < 0) {
                return false;
            }
        }
        return true;
    }

    private static boolean hasSampledFlag(byte[] value) {
        return (digit(value[LENGTH - 1]) & SAMPLED) != 0;
    }

    /** Returns the value of a hexadecimal digit in lower case, or -1 for another character. */
    private static int digit(byte character) {
        if (character >= '0' && character <= '9') {
            return character - '0';
        }
        return character >= 'a' && character <= 'f' ? character - 'a' + 10 : -1;
    }

    private static String text(byte[] value, int from, int to) {
        return new String(value, from, to - from, StandardCharsets.US_ASCII);
    }
}
