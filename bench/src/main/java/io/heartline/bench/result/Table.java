package io.heartline.bench.result;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Rows of figures, printed as they are measured: as Markdown on standard output and, with {@code --json}, in a file. */
public final class Table {

    private static final JsonFactory JSON = new JsonFactory();
    private static final Pattern COLUMN = Pattern.compile("(.*?) (%[,.\\d]*[dfs](?: %%)?)");

    private final String name;
    private final Path file;
    private final List<String> titles = new ArrayList<>();
    private final List<String> formats = new ArrayList<>();
    private final List<String> rows = new ArrayList<>();

    /** The option of every command that has a table. */
    public static final class Json {

        @Option(
                names = "--json",
                paramLabel = "FILE",
                description = "Also write every row there: a JSON object on a line of its own, figures unrounded.")
        private Path file;

        /**
         * Prints the head of a table, and returns it.
         *
         * @param name distinguishes the tables of one file
         * @param columns separated by {@code |}: titles, each followed by a space and a format of {@link String#format}
         */
        public Table table(String name, String columns) {
            return new Table(name, columns, file);
        }
    }

    private Table(String name, String columns, Path file) {
        this.name = name;
        this.file = file;
        for (String column : columns.split("\\|")) {
            Matcher parts = COLUMN.matcher(column.strip());
            if (!parts.matches()) {
                throw new IllegalArgumentException("no title and format: " + column);
            }
            titles.add(parts.group(1));
            formats.add(parts.group(2));
        }
        Console.print("| %s |", String.join(" | ", titles));
        Console.print("|%s|", String.join("|", Collections.nCopies(titles.size(), "---")));
    }

    /** @param values one for each column; null is printed as a dash */
    public void row(Object... values) {
        Console.print(
                "| %s |",
                IntStream.range(0, titles.size())
                        .mapToObj(i -> values[i] == null ? "—" : Console.format(formats.get(i), values[i]))
                        .collect(Collectors.joining(" | ")));
        String row = toJson(values);
        rows.add(row);
        if (file != null) {
            append(row);
        }
    }

    /** Returns all rows so far, each as a JSON object. */
    public List<String> rows() {
        return rows;
    }

    private void append(String row) {
        try {
            Files.writeString(file, row + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + file, e);
        }
    }

    private String toJson(Object... values) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            json.writeStringProperty("table", name);
            for (int i = 0; i < titles.size(); i++) {
                json.writeName(titles.get(i));
                write(json, values[i]);
            }
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(JsonGenerator json, Object value) {
        if (value == null) {
            json.writeNull();
        } else if (value instanceof Double figure) {
            json.writeNumber(figure);
        } else if (value instanceof Number figure) {
            json.writeNumber(figure.longValue());
        } else {
            json.writeString(value.toString());
        }
    }
}
