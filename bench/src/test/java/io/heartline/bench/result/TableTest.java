package io.heartline.bench.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.heartline.bench.model.Target;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TableTest {

    @Test
    void row_isAppendedAsJson_unrounded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("rows.json");
        Table table = CommandLine.populateCommand(new Table.Json(), "--json=" + file)
                .table("reports", "target %s | events per CPU-second %,.0f\n| reports %,d");

        table.row(Target.netty, 1234.5, null);
        table.row(Target.heartline, 0.1, 1_000_000);

        assertThat(Files.readString(file)).isEqualTo("""
                {"table":"reports","target":"netty","events per CPU-second":1234.5,"reports":null}
                {"table":"reports","target":"heartline","events per CPU-second":0.1,"reports":1000000}
                """);
    }

    @Test
    void titles_mayContainPercentSigns() {
        Table table = CommandLine.populateCommand(new Table.Json())
                .table("idle", "CPU, % of a core %.1f | of them empty %.0f %% | ± ns %,.1f");

        table.row(1.0, 2.0, 3.0);

        assertThat(table.rows())
                .containsExactly("{\"table\":\"idle\",\"CPU, % of a core\":1.0,\"of them empty\":2.0,\"± ns\":3.0}");
    }
}
