package io.heartline.producer.like;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.springframework.http.HttpHeaders;

/**
 * The preferences of a request that the service honours (RFC 7240).
 *
 * @param isMinimal {@code return=minimal}: the answer to a stream has only the results of refused lines and the summary
 * @param isStrict {@code handling=strict}: unknown fields are errors
 */
public record Preferences(boolean isMinimal, boolean isStrict) {

    /** The preference for {@link #isMinimal}. */
    public static final String MINIMAL = "return=minimal";

    /** The preference for {@link #isStrict}. */
    public static final String STRICT = "handling=strict";

    /** No preferences. */
    public static final Preferences NONE = new Preferences(false, false);

    private static final String HEADER = "Prefer";

    /**
     * Reads the preferences from the headers of a request. Each is a list in upper or lower case, with optional quotes and
     * parameters. If a preference is given twice, the first one counts.
     *
     * @param headers headers of the request
     * @return the preferences
     */
    public static Preferences of(HttpHeaders headers) {
        List<String> values = headers.getOrEmpty(HEADER);
        if (values.isEmpty()) {
            return NONE;
        }
        List<String> preferences = values.stream()
                .flatMap(list -> Arrays.stream(list.split(",")))
                .map(preference ->
                        preference.split(";", 2)[0].replaceAll("[\\s\"]", "").toLowerCase(Locale.ROOT))
                .toList();
        return new Preferences(isFirst(MINIMAL, preferences), isFirst(STRICT, preferences));
    }

    private static boolean isFirst(String preference, List<String> preferences) {
        String name = preference.substring(0, preference.indexOf('=') + 1);
        return preferences.stream()
                .filter(other -> other.startsWith(name))
                .findFirst()
                .map(preference::equals)
                .orElse(false);
    }

    /**
     * Adds {@code Preference-Applied} to the headers of an answer, if it has applied a preference.
     *
     * @param headers headers of the answer
     * @param isReturnApplied whether the answer honours {@link #isMinimal}
     */
    public void addApplied(HttpHeaders headers, boolean isReturnApplied) {
        if (isStrict || isMinimal && isReturnApplied) {
            String applied = Stream.of(isMinimal && isReturnApplied ? MINIMAL : "", isStrict ? STRICT : "")
                    .filter(preference -> !preference.isEmpty())
                    .reduce((first, second) -> first + ", " + second)
                    .orElseThrow();
            headers.set("Preference-Applied", applied);
        }
    }
}
