package io.heartline.bench.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class NginxTest {

    private static final Path TEMPLATE = Path.of("peers/nchan/nginx.conf");

    @Test
    void configuration_hasNoPlaceholders_andListensOnLoopbackOnly() throws IOException {
        String filled = Nginx.fill(Files.readString(TEMPLATE), 4711, Path.of("/folder"));

        assertThat(filled.lines().map(line -> line.replaceAll("#.*", "")))
                .noneMatch(line -> line.contains("@"))
                .anyMatch(line -> line.contains("pid /folder/nginx.pid;"))
                .filteredOn(line -> line.strip().startsWith("listen "))
                .singleElement()
                .asString()
                .contains("listen 127.0.0.1:4711 ");
    }

    @Test
    void close_deletesTheFolder() {
        Nginx nginx = new Nginx(TEMPLATE, 4711);
        Path configuration = Path.of(nginx.command().get(2));
        assertThat(configuration).exists();

        nginx.close();

        assertThat(configuration.getParent()).doesNotExist();
    }

    @Test
    void invalidConfigurationOrMissingNginx_isAFailure() throws IOException {
        Path template = Files.createTempFile("nginx", ".conf");
        Files.writeString(template, "nonsense;");

        try (Nginx nginx = new Nginx(template, 4711)) {
            assertThat(nginx.failure()).isPresent();
        } finally {
            Files.delete(template);
        }
    }
}
