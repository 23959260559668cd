package io.heartline.bench;

import io.heartline.quickstart.backends.FreePorts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The project as {@code mvn package} has built it. */
final class Build {

    @Option(names = "--root", defaultValue = ".", description = "The project's folder, built with mvn package.")
    private Path root;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * Before anything is started.
     *
     * @return those that can be: nginx and its module are the system's, and a system without them is told so and left at that
     * @throws ParameterException if what is built here is not
     */
    Set<Target> require(Collection<Target> targets) {
        Set<Target> startable = EnumSet.noneOf(Target.class);
        for (Target target : targets) {
            switch (target) {
                case heartline -> jar("push-gateway");
                case netty -> jar("bench");
                case node -> nodePeer("server.js");
                case nchan -> {
                    jar("bench");
                    Optional<String> trouble = nginxTrouble();
                    if (trouble.isPresent()) {
                        Console.print(
                                "nchan is SKIPPED: nginx with libnginx-mod-nchan does not start: %s%n", trouble.get());
                        continue;
                    }
                }
            }
            startable.add(target);
        }
        if (startable.isEmpty()) {
            throw new CannotMeasureException("there is nothing to measure");
        }
        return startable;
    }

    private Optional<String> nginxTrouble() {
        try (Nginx nginx = new Nginx(nchanTemplate(), FreePorts.find(1)[0])) {
            return nginx.trouble();
        }
    }

    /** How nginx is configured for nchan. */
    Path nchanTemplate() {
        return root.resolve("bench/peers/nchan/nginx.conf");
    }

    /** @throws ParameterException if the module is not built */
    Path jar(String module) {
        Path target = root.resolve(module).resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                return files.filter(file -> file.toString().endsWith("-exec.jar"))
                        .findAny()
                        .orElseThrow(() -> missing(target + "/*-exec.jar", "mvn package -DskipTests"));
            } catch (IOException e) {
                throw new CannotMeasureException("cannot look into " + target, e);
            }
        }
        throw missing(target.toString(), "mvn package -DskipTests");
    }

    /** @throws ParameterException if its libraries are not there */
    Path nodePeer(String script) {
        Path folder = root.resolve("bench/peers/node");
        if (!Files.isDirectory(folder.resolve("node_modules"))) {
            throw missing(folder.resolve("node_modules").toString(), "(cd " + folder + " && npm ci)");
        }
        return folder.resolve(script);
    }

    private ParameterException missing(String file, String remedy) {
        return new ParameterException(
                command.commandLine(),
                "Invalid value for option '--root': there is no " + file + ". Run there: " + remedy);
    }
}
