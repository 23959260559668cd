package io.heartline.bench;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads Prometheus' text format as far as the servers under test write it. */
final class Prometheus {

    private static final Pattern SAMPLE =
            Pattern.compile("(?m)^(\\w+)(\\{(?:[^\"}]|\"(?:[^\"\\\\]|\\\\.)*\")*})? +(\\S+)(?: +-?\\d+)? *$");

    private Prometheus() {}

    /** A metric's value over all its labels; 0 if there is none. */
    static double sum(String text, String metric) {
        double sum = 0;
        Matcher sample = SAMPLE.matcher(text);
        while (sample.find()) {
            if (sample.group(1).equals(metric)) {
                sum += Double.parseDouble(sample.group(3));
            }
        }
        return sum;
    }
}
