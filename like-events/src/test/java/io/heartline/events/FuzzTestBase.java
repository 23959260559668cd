package io.heartline.events;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The fuzz targets of a module: test classes whose names end in {@code Fuzz}. Their method {@code fuzzerTestOneInput} throws if an
 * input shows a defect. Each target begins with the inputs in {@code src/test/resources/fuzz/<its name>}, which every build tries.
 * {@code -Pfuzz} continues with generated inputs.
 */
public abstract class FuzzTestBase {

    private static final Path CLASSES = Path.of("target", "test-classes");
    private static final Path SEEDS = Path.of("src", "test", "resources", "fuzz");

    /**
     * Checks a rule in a fuzz target.
     *
     * @param holds whether the rule holds
     * @param rule the rule in words
     * @throws AssertionError if the rule does not hold
     */
    public static void require(boolean holds, String rule) {
        if (!holds) {
            throw new AssertionError(rule);
        }
    }

    @ParameterizedTest
    @MethodSource("seeds")
    void seedInput_causesNoError(String target, Path input) throws Exception {
        try {
            Class.forName(target).getMethod("fuzzerTestOneInput", byte[].class).invoke(null, (Object)
                    Files.readAllBytes(input));
        } catch (InvocationTargetException e) {
            throw new AssertionError(target + " fails on " + input, e.getCause());
        }
    }

    @Tag("fuzz")
    @ParameterizedTest
    @MethodSource("targets")
    void fuzzing_findsNoError(String target) throws Exception {
        String finding = new JazzerRun(target, seedsOf(target)).finding();

        assertTrue(finding.isEmpty(), finding);
    }

    static Stream<Object[]> seeds() {
        return targets().stream().flatMap(target -> list(seedsOf(target)).map(input -> new Object[] {target, input}));
    }

    static List<String> targets() {
        try (Stream<Path> all = Files.walk(CLASSES)) {
            return all.map(file -> CLASSES.relativize(file).toString())
                    .filter(name -> name.endsWith("Fuzz.class"))
                    .map(name -> name.replace(".class", "").replace('/', '.').replace('\\', '.'))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path seedsOf(String target) {
        return SEEDS.resolve(target.substring(target.lastIndexOf('.') + 1));
    }

    private static Stream<Path> list(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
