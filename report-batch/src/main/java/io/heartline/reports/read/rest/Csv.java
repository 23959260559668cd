package io.heartline.reports.read.rest;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Items as CSV of RFC 4180, with a header. If a spreadsheet would take a text for a formula, {@code '} precedes it. So
 * opening the file never executes an id that a caller chose.
 */
final class Csv<T> {

    private static final String FORMULA_PREFIXES = "=+-@\t\r";

    private final Map<String, Function<T, Object>> columns = new LinkedHashMap<>();

    /** Adds a column. A cell that is null is empty. */
    Csv<T> column(String name, Function<T, Object> cell) {
        columns.put(name, cell);
        return this;
    }

    byte[] header() {
        return line(columns.keySet().stream());
    }

    byte[] line(T item) {
        return line(columns.values().stream().map(cell -> cell.apply(item)));
    }

    private static byte[] line(Stream<?> cells) {
        return cells.map(Csv::cell).collect(Collectors.joining(",", "", "\r\n")).getBytes(StandardCharsets.UTF_8);
    }

    private static String cell(Object value) {
        if (value == null) {
            return "";
        }
        String text = value.toString();
        if (value instanceof Number || text.isEmpty()) {
            return text;
        }
        if (FORMULA_PREFIXES.indexOf(text.charAt(0)) >= 0) {
            text = "'" + text;
        }
        boolean isPlain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\r' || c == '\n');
        return isPlain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
