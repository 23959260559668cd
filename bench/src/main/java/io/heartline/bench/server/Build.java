package io.heartline.bench.server;

import io.heartline.bench.model.Target;
import io.heartline.bench.result.CannotMeasureException;
import io.heartline.bench.result.Console;
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

/** The project's folder, built with {@code mvn -Pbench package}. */
public final class Build {

    private static final String BUILD = "mvn -Pbench package -DskipTests";

    @Option(names = "--root", defaultValue = ".", description = "The project's folder, built with mvn -Pbench package.")
    private Path root;

    @Spec(Spec.Target.MIXEE)
    private CommandSpec command;

    /**
     * Checks before a measurement that its targets can be started.
     *
     * @return the targets without nchan if nginx or its module is not installed, which is printed
     * @throws ParameterException if a target is not built
     */
    public Set<Target> require(Collection<Target> targets) {
        Set<Target> startable = EnumSet.noneOf(Target.class);
        for (Target target : targets) {
            switch (target) {
                case heartline -> jar("push-gateway");
                case netty -> jar("bench");
                case node -> nodePeer("server.js");
                case nchan -> {
                    jar("bench");
                    Optional<String> failure = nginxFailure();
                    if (failure.isPresent()) {
                        Console.print(
                                "nchan is SKIPPED: nginx with libnginx-mod-nchan does not start: %s%n", failure.get());
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

    private Optional<String> nginxFailure() {
        try (Nginx nginx = new Nginx(nchanTemplate(), FreePorts.find(1)[0])) {
            return nginx.failure();
        }
    }

    /** Returns the script that evaluates tables. */
    public Path analysis() {
        return root.resolve("bench/analysis/analysis.py");
    }

    /** Returns the template of nginx's configuration. */
    Path nchanTemplate() {
        return root.resolve("bench/peers/nchan/nginx.conf");
    }

    /** @throws ParameterException if the module is not built */
    public Path jar(String module) {
        Path target = root.resolve(module).resolve("target");
        if (Files.isDirectory(target)) {
            try (Stream<Path> files = Files.list(target)) {
                return files.filter(file -> file.toString().endsWith("-exec.jar"))
                        .findAny()
                        .orElseThrow(() -> missing(target + "/*-exec.jar", BUILD));
            } catch (IOException e) {
                throw new CannotMeasureException("cannot look into " + target, e);
            }
        }
        throw missing(target.toString(), BUILD);
    }

    /** @throws ParameterException if its libraries are not there */
    public Path nodePeer(String script) {
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
