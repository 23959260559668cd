package io.heartline.bench.result;

import java.util.Locale;

/** Prints results to standard output and progress to standard error, so that a script can keep the results only. */
public final class Console {

    private Console() {}

    /** Formats independently of the machine's locale. */
    public static String format(String format, Object... values) {
        return String.format(Locale.ROOT, format, values);
    }

    public static void print(String format, Object... values) {
        System.out.println(format(format, values));
    }

    public static void progress(String format, Object... values) {
        System.err.println("… " + format(format, values));
    }
}
