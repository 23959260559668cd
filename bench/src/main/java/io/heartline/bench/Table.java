package io.heartline.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Option;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Rows of figures, printed as they are measured: Markdown on standard output and, if asked for, JSON in a file. */
final class Table {

    private static final JsonFactory JSON = new JsonFactory();

    private final String name;
    private final Path file;
    private final List<String> titles = new ArrayList<>();
    private final List<String> formats = new ArrayList<>();

    /** The option of every command that has one. */
    static final class Json {

        @Option(
                names = "--json",
                paramLabel = "FILE",
                description = "Also write every row there: a JSON object on a line of its own, figures unrounded.")
        private Path file;

        /** @param name tells the tables of one file apart */
        Table table(String name) {
            return new Table(name, file);
        }
    }

    private Table(String name, Path file) {
        this.name = name;
        this.file = file;
    }

    /** @param format of the value, as {@link String#format} has it */
    Table column(String title, String format) {
        titles.add(title);
        formats.add(format);
        return this;
    }

    Table head() {
        Console.print("| %s |", String.join(" | ", titles));
        Console.print("|%s|", String.join("|", Collections.nCopies(titles.size(), "---")));
        return this;
    }

    /** @param values as many as there are columns; null is a dash */
    void row(Object... values) {
        Console.print(
                "| %s |",
                IntStream.range(0, titles.size())
                        .mapToObj(i -> values[i] == null ? "—" : Console.format(formats.get(i), values[i]))
                        .collect(Collectors.joining(" | ")));
        if (file != null) {
            append(values);
        }
    }

    private void append(Object... values) {
        try (JsonGenerator json = JSON.createGenerator(
                ObjectWriteContext.empty(),
                Files.newBufferedWriter(
                        file, StandardCharsets.UTF_8, StandardOpenOption.CREATE, StandardOpenOption.APPEND))) {
            json.writeStartObject();
            json.writeStringProperty("table", name);
            for (int i = 0; i < titles.size(); i++) {
                json.writeName(titles.get(i));
                write(json, values[i]);
            }
            json.writeEndObject();
            json.writeRaw('\n');
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write to " + file, e);
        }
    }

    /** A table's rows, in the order in which they were written. */
    static List<Map<String, String>> read(Path file, String name) throws IOException {
        return Files.readAllLines(file).stream()
                .map(Table::parse)
                .filter(row -> name.equals(row.get("table")))
                .toList();
    }

    /** A line of the file: each column as it stands there, null where there is none. */
    static Map<String, String> parse(String line) {
        Map<String, String> row = new HashMap<>();
        try (JsonParser json = JSON.createParser(ObjectReadContext.empty(), line)) {
            json.nextToken();
            for (String title = json.nextName(); title != null; title = json.nextName()) {
                row.put(title, json.nextToken() == JsonToken.VALUE_NULL ? null : json.getString());
            }
        }
        return row;
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
