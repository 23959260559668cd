package io.heartline.web.request;

import io.heartline.web.problem.InvalidParameterException;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.util.MultiValueMap;

/**
 * The query of a URL. If a parameter is given more than once, its first value counts. Unknown parameters are ignored.
 *
 * @param values by parameter; the value of a parameter that is given by its name alone is null
 */
public record QueryParameters(MultiValueMap<String, String> values) {

    /** As JSON writes it. {@link Integer#parseInt} also takes a plus sign, leading zeros and the digits of other scripts. */
    private static final Pattern WHOLE_NUMBER = Pattern.compile("0|[1-9][0-9]{0,8}");

    /**
     * Returns whether a parameter is given, with or without a value.
     *
     * @param name the name of the parameter
     * @return false if the parameter is not given
     */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    /**
     * Returns the value of a parameter.
     *
     * @param name the name of the parameter
     * @return null if the parameter is not given; empty if it is given without a value
     */
    public @Nullable String text(String name) {
        String text = values.getFirst(name);
        return text == null && has(name) ? "" : text;
    }

    /**
     * Returns all values of a parameter.
     *
     * @param name the name of the parameter
     * @return empty if the parameter is not given; null is the value of a parameter without a value
     */
    public List<@Nullable String> all(String name) {
        return values.getOrDefault(name, List.of());
    }

    /**
     * Returns the value of a parameter that is a whole number.
     *
     * @param name the name of the parameter
     * @param min the smallest number that is allowed, at least 0
     * @param max the largest number that is allowed, at most 999999999
     * @param defaultValue the result if the parameter is not given
     * @return the number
     * @throws InvalidParameterException if the value is no number of this range, or there is no value
     */
    public int wholeNumber(String name, int min, int max, int defaultValue) {
        String text = text(name);
        if (text == null) {
            return defaultValue;
        }
        if (WHOLE_NUMBER.matcher(text).matches()) {
            int number = Integer.parseInt(text);
            if (number >= min && number <= max) {
                return number;
            }
        }
        throw new InvalidParameterException(name, "must be a whole number from " + min + " to " + max);
    }
}
