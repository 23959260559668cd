package io.heartline.deploy;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Resources as {@code kustomize build} writes them. Without Kustomize, the tests are skipped. With the variable
 * {@code HEARTLINE_REQUIRE_SCRIPTS}, as in {@code .ci/run}, they fail.
 */
final class Kustomize {

    private static final Map<String, List<Resource>> BUILT = new ConcurrentHashMap<>();

    private Kustomize() {}

    /**
     * Builds a folder once.
     *
     * @param folder in {@code deploy/kubernetes}, for example {@code base}
     * @throws IllegalStateException with the error of Kustomize
     */
    static List<Resource> build(String folder) {
        assumeTrue(isInstalled() || System.getenv("HEARTLINE_REQUIRE_SCRIPTS") != null, "Kustomize is not installed");
        return BUILT.computeIfAbsent(folder, Kustomize::run);
    }

    private static boolean isInstalled() {
        return List.of(System.getenv("PATH").split(":")).stream()
                .anyMatch(path -> Files.isExecutable(Path.of(path, "kustomize")));
    }

    private static List<Resource> run(String folder) {
        try {
            Path errors = Files.createTempFile("kustomize", ".err");
            Process process = new ProcessBuilder("kustomize", "build", "kubernetes/" + folder)
                    .redirectError(errors.toFile())
                    .start();
            String yaml = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0) {
                throw new IllegalStateException(folder + ": " + Files.readString(errors));
            }
            Files.delete(errors);
            return Repository.documents(yaml).stream().map(Resource::new).toList();
        } catch (IOException e) {
            throw new IllegalStateException("kustomize cannot be run: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
