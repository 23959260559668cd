package io.heartline.bench;

import io.heartline.quickstart.backends.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.jar.JarFile;

/**
 * JMH starts a main class of its own on the class path of this JVM. That is one jar with all others inside of it, where only
 * Spring Boot's launcher finds them; and the launcher cannot stand between the JVM and JMH, which puts options for the JVM in
 * front of its main class. So the jar is unpacked, by the tool that Boot has put in it, for as long as this JVM lives.
 */
final class PlainClassPath {

    static final String PROPERTY = "java.class.path";

    private PlainClassPath() {}

    /** From now on it is what JMH takes for the class path; nothing changes if it is a plain one already. */
    static void provide() throws InterruptedException {
        Path jar = Path.of(System.getProperty(PROPERTY));
        try {
            if (isExecutable(jar)) {
                System.setProperty(PROPERTY, unpack(jar).toString());
            }
        } catch (IOException e) {
            throw new CannotMeasureException("cannot unpack " + jar, e);
        }
    }

    private static boolean isExecutable(Path path) throws IOException {
        if (!Files.isRegularFile(path)) {
            return false; // several, or a folder
        }
        try (JarFile jar = new JarFile(path.toFile())) {
            return jar.getManifest().getMainAttributes().getValue("Spring-Boot-Lib") != null;
        }
    }

    /** The jar to start from, whose manifest names all others. */
    private static Path unpack(Path jar) throws IOException, InterruptedException {
        Path folder = Files.createTempDirectory("heartline-bench");
        Runtime.getRuntime().addShutdownHook(new Thread(() -> Folders.delete(folder)));
        Path said = folder.resolve("extract.log");
        int end = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Djarmode=tools",
                        "-jar",
                        jar.toString(),
                        "extract",
                        "--destination",
                        folder.resolve("jars").toString())
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start()
                .waitFor();
        if (end != 0) {
            throw new CannotMeasureException("cannot unpack " + jar + ": " + Files.readString(said));
        }
        return folder.resolve("jars").resolve(jar.getFileName());
    }
}
