package io.heartline.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.awt.image.BufferedImage;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChartTest {

    @TempDir
    private Path folder;

    private Path file;

    @BeforeEach
    void write() throws Exception {
        file = folder.resolve("figures.json");
        Files.writeString(file, """
                {"table":"fan-out","target":"heartline","run":1,"frames":90000.5,"p50":null}
                {"table":"fan-out","target":"heartline","run":2,"frames":95000,"p50":null}
                {"table":"fan-out","target":"netty","run":1,"frames":110000,"p50":null}
                {"table":"idle","target":"netty","run":1,"KB":7}
                """);
    }

    private int draw(String value, Path out, StringWriter said) {
        return Bench.commandLine()
                .setErr(new PrintWriter(said))
                .execute(
                        "chart", file.toString(), "--table=fan-out", "--by=target", "--value=" + value, "--out=" + out);
    }

    @Test
    void aColumn_isDrawn() throws Exception {
        Path out = folder.resolve("frames.png");

        assertThat(draw("frames", out, new StringWriter())).isZero();

        BufferedImage drawn = ImageIO.read(out.toFile());
        assertThat(drawn.getWidth()).isEqualTo(900);
        assertThat(drawn.getRGB(0, 0)).as("its ground is white").isEqualTo(0xFFFFFFFF);
    }

    @Test
    void aColumnWithoutFigures_isNotDrawn_andThatIsSaid() {
        StringWriter said = new StringWriter();
        Path out = folder.resolve("none.png");

        assertThat(draw("p50", out, said)).isEqualTo(1);

        assertThat(said.toString()).contains("no figures of p50 in a table fan-out");
        assertThat(out).doesNotExist();
    }
}
