package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TableTest {

    @Test
    void everyRow_isAlsoALineOfJsonWithItsFiguresUnrounded(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("rows.json");
        Table table = CommandLine.populateCommand(new Table.Json(), "--json=" + file)
                .table("reports")
                .column("target", "%s")
                .column("events per CPU-second", "%,.0f")
                .column("reports", "%,d");

        table.row(BatchTarget.consumer, 1234.5, null);
        table.row(BatchTarget.heartline, 0.1, 1_000_000);

        assertThat(Files.readString(file)).isEqualTo("""
                {"table":"reports","target":"consumer","events per CPU-second":1234.5,"reports":null}
                {"table":"reports","target":"heartline","events per CPU-second":0.1,"reports":1000000}
                """);
    }
}
