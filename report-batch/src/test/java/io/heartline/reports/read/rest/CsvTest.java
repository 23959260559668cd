package io.heartline.reports.read.rest;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvTest {

    private final Csv<Object> csv = new Csv<>().column("it", it -> it).column("again", it -> it);

    @ParameterizedTest
    @ValueSource(strings = {"=1+1", "+1", "-1", "@SUM(A1)", "\tx", "=cmd|' /C calc'!A0"})
    void formulaText_isPrefixedWithAnApostrophe(String text) {
        assertThat(line(text)).isEqualTo("'" + text + ",'" + text + "\r\n");
    }

    @Test
    void carriageReturn_isPrefixedAndQuoted() {
        assertThat(line("\rx")).isEqualTo("\"'\rx\",\"'\rx\"\r\n");
    }

    @Test
    void separatorsAndQuotes_areQuoted() {
        assertThat(line("a,b")).isEqualTo("\"a,b\",\"a,b\"\r\n");
        assertThat(line("a\"b")).isEqualTo("\"a\"\"b\",\"a\"\"b\"\r\n");
        assertThat(line("a\nb")).isEqualTo("\"a\nb\",\"a\nb\"\r\n");
        assertThat(line("=\"a\"")).isEqualTo("\"'=\"\"a\"\"\",\"'=\"\"a\"\"\"\r\n");
    }

    @Test
    void plainText_isUnchanged() {
        assertThat(line("a=b+c-d@e")).isEqualTo("a=b+c-d@e,a=b+c-d@e\r\n");
        assertThat(line(-1L)).as("a number is not a formula").isEqualTo("-1,-1\r\n");
        assertThat(line("ä")).isEqualTo("ä,ä\r\n");
        assertThat(line("")).isEqualTo(",\r\n");
    }

    @Test
    void nullValue_isAnEmptyCell_andTheHeaderNamesEachColumn() {
        Csv<Object> nothing = new Csv<>().column("a", it -> null).column("b", it -> null);

        assertThat(new String(nothing.line("x"), StandardCharsets.UTF_8)).isEqualTo(",\r\n");
        assertThat(new String(nothing.header(), StandardCharsets.UTF_8)).isEqualTo("a,b\r\n");
    }

    private String line(Object it) {
        return new String(csv.line(it), StandardCharsets.UTF_8);
    }
}
