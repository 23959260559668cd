package io.heartline.reports.read.rest;

import io.heartline.events.Position;
import io.heartline.reports.http.InvalidParameterException;
import io.heartline.reports.read.MinimumPosition;
import java.time.Duration;
import java.util.regex.Pattern;
import org.springframework.util.MultiValueMap;

/** A URL's query. Of a parameter that is given more than once the first counts; what nobody asks for is ignored. */
record ReportParameters(MultiValueMap<String, String> parameters) {

    private static final int MAX_WAIT_SECONDS = 30;

    /** As JSON writes it. {@link Integer#parseInt} also takes a plus sign, leading zeros and the digits of other scripts. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** Null if it is not given; empty if only its name is. */
    String text(String name) {
        String text = parameters.getFirst(name);
        return text == null && has(name) ? "" : text;
    }

    int integer(String name, int min, int max, int defaultValue) {
        if (!has(name)) {
            return defaultValue;
        }
        if (WHOLE_NUMBER.matcher(text(name)).matches()) {
            int value = Integer.parseInt(text(name));
            if (value >= min && value <= max) {
                return value;
            }
        }
        throw new InvalidParameterException(name, "must be a whole number from " + min + " to " + max);
    }

    /**
     * {@code atLeast} and {@code wait}; null if whatever there is will do.
     *
     * @param caller the name under which limits count the request
     */
    MinimumPosition minimumPosition(String caller) {
        int wait = integer("wait", 1, MAX_WAIT_SECONDS, 0);
        if (!has("atLeast")) {
            if (wait > 0) {
                throw new InvalidParameterException("wait", "must come with atLeast, which says what to wait for");
            }
            return null;
        }
        try {
            return new MinimumPosition(Position.parse(text("atLeast")), Duration.ofSeconds(wait), caller);
        } catch (IllegalArgumentException e) {
            throw new InvalidParameterException("atLeast", e.getMessage());
        }
    }
}
