package io.heartline.web.command;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import org.springframework.boot.builder.SpringApplicationBuilder;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** The command of a service: prints its help or its version, or starts it. A service with further commands has a class of its own. */
@Command(mixinStandardHelpOptions = true)
public final class ServiceCommand implements Callable<Integer> {

    /** The result if the service was started, which continues in its own threads. */
    public static final int SERVING = -1;

    /** The exit code if the command line is wrong. */
    public static final int USAGE = 64;

    /** The exit code if the service could not start. */
    public static final int UNAVAILABLE = 70;

    private static final int HELP_WIDTH = 100;
    private static final String SYNOPSIS = " [-hV] [--KEY=VALUE...]";
    private static final Pattern SETTING = Pattern.compile("--[^=\\s]+=.*|--debug|--trace", Pattern.DOTALL);

    private final Class<?> application;

    /** The arguments that are no options. They are passed to Spring as settings. */
    @Unmatched
    private List<String> settings = new ArrayList<>();

    @Spec
    private CommandSpec spec;

    private ServiceCommand(Class<?> application) {
        this.application = application;
    }

    /**
     * Creates the command line of a service without further commands.
     *
     * @param name the name of the service, which is the name of its YAML file, too
     * @param application the class of the Spring application
     * @param help what the service does, its most important settings, and where all settings are
     * @return a command line whose result is {@link #SERVING} or an exit code
     */
    public static CommandLine of(String name, Class<?> application, String help) {
        CommandLine commandLine = configure(new CommandLine(new ServiceCommand(application)), name, application);
        commandLine.getCommandSpec().usageMessage().customSynopsis(name + SYNOPSIS);
        commandLine.getCommandSpec().usageMessage().footer(("\n" + help.replace("%", "%%")).split("\n"));
        return commandLine;
    }

    /**
     * Sets the name, the version and the answer to a failed start, as all services have them.
     *
     * @param commandLine the command line of a service
     * @param name the name of the service
     * @param application a class of the service's jar
     * @return the same command line
     */
    public static CommandLine configure(CommandLine commandLine, String name, Class<?> application) {
        String version = application.getPackage().getImplementationVersion();
        commandLine.getCommandSpec().name(name);
        commandLine.getCommandSpec().version(name + ' ' + (version == null ? "(not packaged)" : version));
        return commandLine
                .setExpandAtFiles(false)
                .setUsageHelpWidth(HELP_WIDTH)
                .setParameterExceptionHandler((e, arguments) -> {
                    e.getCommandLine().getErr().println(e.getMessage() + " (see --help)");
                    return USAGE;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(name + " could not start: " + StartFailure.describe(e));
                    return UNAVAILABLE;
                });
    }

    /**
     * Executes a command line, and ends the process unless a service was started. Its name is not {@code main}, because Spring
     * Boot's log names the class of the latest method with that name.
     *
     * @param commandLine the command line of a service
     * @param args the arguments of the process
     */
    public static void execute(CommandLine commandLine, String[] args) {
        int exit = commandLine.execute(args);
        if (exit != SERVING) {
            System.exit(exit);
        }
    }

    /**
     * Checks that arguments are settings. Spring would ignore others, such as an option with a typing error.
     *
     * @param command the command line that was given the arguments
     * @param arguments the arguments that are no options
     * @throws ParameterException if an argument is neither {@code --KEY=VALUE} nor {@code --debug}
     */
    public static void requireSettings(CommandLine command, List<String> arguments) {
        for (String argument : arguments) {
            if (!SETTING.matcher(argument).matches()) {
                throw new ParameterException(
                        command, "Unknown argument: '" + argument + "'. A setting has the form --KEY=VALUE");
            }
        }
    }

    @Override
    public Integer call() {
        requireSettings(spec.commandLine(), settings);
        new SpringApplicationBuilder(application).run(settings.toArray(String[]::new));
        return SERVING;
    }
}
