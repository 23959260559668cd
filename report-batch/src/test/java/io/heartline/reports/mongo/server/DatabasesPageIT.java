package io.heartline.reports.mongo.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.quickstart.backends.Backends;
import io.heartline.quickstart.backends.FreePorts;
import io.heartline.quickstart.backends.InProcessMongo;
import io.heartline.reports.mongo.FakeReplicaSetMember;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.bson.BsonDocument;
import org.bson.BsonValue;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Compares the tables of {@code docs/databases.md} with the commands that report-batch sends to a member of a replica set, so that
 * sessions are used.
 */
class DatabasesPageIT {

    private static final Path PAGE = Path.of("..", "docs", "databases.md");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    /** Arrays of a command whose elements have options. */
    private static final Set<String> STATEMENTS = Set.of("updates", "deletes", "indexes");

    /** Fields of each command that its connection adds. */
    private static final Set<String> OF_THE_CONNECTION = Set.of("$db", "$clusterTime", "$readPreference");

    /** The checks of connections; the driver sends them by itself. */
    private static final Set<String> HANDSHAKE = Set.of("hello", "isMaster", "endSessions");

    /** Sent only for reports from before {@code --accept-new-log}, which is not recorded. */
    private static final String AFTER_A_RESET = "readConcern.level: linearizable";

    /** Sent if a request reads a report after progress; {@code CausalReadsIT} has this case. */
    private static final String AFTER_PROGRESS = "readConcern.afterClusterTime";

    @TempDir
    private static Path folder;

    private static List<BsonDocument> commands;

    @BeforeAll
    static void record() throws Exception {
        try (InProcessMongo mongo = InProcessMongo.inFile(
                        folder.resolve("mongo"), FreePorts.find(1)[0], FakeReplicaSetMember::primary);
                RecordedQueries recorded = new RecordedQueries(mongo.database(Backends.unique("db")))) {
            commands = recorded.all();
        }
    }

    @AfterAll
    static void forget() {
        commands = List.of();
    }

    @Test
    void commandsAndTheirOptions_areThoseOfThePage() throws Exception {
        Map<String, Set<String>> sent = new TreeMap<>();
        for (BsonDocument command : commands) {
            String name = CommandRecorder.name(command);
            if (!HANDSHAKE.contains(name)) {
                sent.computeIfAbsent(name, any -> new TreeSet<>()).addAll(options(command));
            }
        }

        assertThat(table("## Commands")).isEqualTo(sent);
    }

    @Test
    void operators_areThoseOfThePage() throws Exception {
        Set<String> sent = new TreeSet<>();
        commands.forEach(command -> collectOperators(command, sent));

        Set<String> documented = new TreeSet<>();
        table("## Operators").forEach((kind, operators) -> documented.addAll(operators));
        assertThat(documented).isEqualTo(sent);
    }

    @Test
    void concerns_areThoseOfThePage() throws Exception {
        Set<String> sent = new TreeSet<>(Set.of(AFTER_A_RESET, AFTER_PROGRESS));
        for (BsonDocument command : commands) {
            for (String concern : List.of("readConcern", "writeConcern")) {
                command.getDocument(concern, new BsonDocument())
                        .forEach((field, value) -> sent.add(concern + "." + field
                                + (value.isString() ? ": " + value.asString().getValue() : "")));
            }
        }

        Set<String> documented = new TreeSet<>();
        table("## Concerns and sessions").values().forEach(documented::addAll);
        assertThat(documented).isEqualTo(sent);
    }

    @Test
    void indexes_areThoseOfThePage() throws Exception {
        Set<String> created = new TreeSet<>();
        for (BsonDocument command : commands) {
            if (CommandRecorder.name(command).equals("createIndexes")) {
                command.getArray("indexes")
                        .forEach(index ->
                                created.add(index.asDocument().getString("name").getValue()));
            }
        }

        Set<String> documented = new TreeSet<>();
        table("## Indexes").keySet().forEach(names -> documented.addAll(List.of(names.split(", "))));
        assertThat(documented).isEqualTo(created);
    }

    private static Set<String> options(BsonDocument command) {
        Set<String> options = new TreeSet<>();
        command.forEach((field, value) -> {
            if (!field.equals(CommandRecorder.name(command)) && !OF_THE_CONNECTION.contains(field)) {
                options.add(field);
            }
            if (STATEMENTS.contains(field)) {
                value.asArray()
                        .forEach(statement ->
                                statement.asDocument().keySet().forEach(option -> options.add(field + "." + option)));
            }
        });
        return options;
    }

    private static void collectOperators(BsonValue value, Set<String> operators) {
        if (value.isArray()) {
            value.asArray().forEach(part -> collectOperators(part, operators));
        } else if (value.isDocument()) {
            value.asDocument().forEach((field, part) -> {
                if (field.startsWith("$") && !OF_THE_CONNECTION.contains(field)) {
                    operators.add(field);
                }
                collectOperators(part, operators);
            });
        }
    }

    /** Returns the names in the second column of a table, by the text or the name in its first column. */
    private static Map<String, Set<String>> table(String heading) throws Exception {
        String section =
                Files.readString(PAGE).split("(?m)^" + heading + "$")[1].split("(?m)^## ")[0];
        Map<String, Set<String>> rows = new TreeMap<>();
        section.lines().filter(line -> line.startsWith("| ")).skip(1).forEach(line -> {
            String[] cells = line.split(" \\| ");
            String first = cells[0].substring(2).replace("`", "");
            rows.put(first, new TreeSet<>(names(cells[1])));
        });
        return rows;
    }

    private static List<String> names(String cell) {
        List<String> names = new ArrayList<>();
        CODE.matcher(cell).results().forEach(match -> names.add(match.group(1)));
        return names;
    }
}
