package io.heartline.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tests that the classes exist which the files below {@code META-INF} name as text, because a rename does not change the text. */
class AutoConfigurationsTest {

    private static final Path FOLDER = Path.of("src/main/resources/META-INF");

    static Stream<String> registeredClasses() throws IOException {
        Stream<String> imports = Stream.of(
                        "org.springframework.boot.actuate.autoconfigure.web.ManagementContextConfiguration.imports",
                        "org.springframework.boot.autoconfigure.AutoConfiguration.imports")
                .flatMap(file -> lines(FOLDER.resolve("spring").resolve(file)).stream());
        Properties factories = new Properties();
        try (InputStream file = Files.newInputStream(FOLDER.resolve("spring.factories"))) {
            factories.load(file);
        }
        Stream<String> implementations = factories.values().stream()
                .flatMap(classes -> Stream.of(classes.toString().split(",")));
        return Stream.concat(imports, implementations);
    }

    @ParameterizedTest
    @MethodSource("registeredClasses")
    void registeredClass_exists(String name) {
        assertThat(name).startsWith("io.heartline.web.");
        assertThatCode(() -> Class.forName(name, false, getClass().getClassLoader()))
                .doesNotThrowAnyException();
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new IllegalStateException("cannot read " + file, e);
        }
    }
}
