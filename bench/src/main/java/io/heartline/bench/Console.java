package io.heartline.bench;

import java.util.Locale;

/** The result on standard output, so that it can be kept, and how far we are on standard error. */
final class Console {

    private Console() {}

    /** The same on every machine. */
    static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    static void print(String format, Object... values) {
        System.out.println(format(format, values));
    }

    static void progress(String format, Object... values) {
        System.err.println("… " + format(format, values));
    }
}
