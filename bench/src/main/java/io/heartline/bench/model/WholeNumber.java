package io.heartline.bench.model;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Converts the values of options that are whole numbers. Without another converter, such an option has to be positive. */
public final class WholeNumber {

    private WholeNumber() {}

    public static int positive(String value) {
        return parse(value, 1, Integer.MAX_VALUE);
    }

    public static final class NotNegative implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String value) {
            return parse(value, 0, Integer.MAX_VALUE);
        }
    }

    static final class Percent implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String value) {
            return parse(value, 0, 100);
        }
    }

    private static int parse(String value, int min, int max) {
        try {
            int number = Integer.parseInt(value);
            if (number >= min && number <= max) {
                return number;
            }
        } catch (NumberFormatException e) {
            // reported below, like a number out of range
        }
        throw new TypeConversionException(
                "must be a whole number from " + min + " to " + max + " but was '" + value + "'");
    }
}
