package io.heartline.bench;

import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** What an option that counts something may be. */
final class WholeNumber {

    private WholeNumber() {}

    static final class Positive implements ITypeConverter<Integer> {

        @Override
        public Integer convert(String value) {
            return parse(value, 1, Integer.MAX_VALUE);
        }
    }

    static final class NotNegative implements ITypeConverter<Integer> {

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

    private static int parse(String value, int least, int most) {
        try {
            int number = Integer.parseInt(value);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // said below, like a number out of range
        }
        throw new TypeConversionException(
                "must be a whole number from " + least + " to " + most + " but was '" + value + "'");
    }
}
