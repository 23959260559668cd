package io.heartline.quickstart;

import io.heartline.quickstart.Heartline.Settings;
import io.heartline.reports.failure.DifferentSettingsException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.web.server.PortInUseException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command that runs the whole system in one JVM until the process is stopped. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        versionProvider = Quickstart.JarVersion.class,
        showDefaultValues = true,
        sortOptions = false,
        description = "Runs Heartline in one JVM: a Kafka broker, a database, and the three services, all on loopback.",
        footer = {
            "",
            "docs/tutorial.md shows what to try. In production the three services run on their own: see docs/production.md."
        })
public final class Quickstart implements Runnable {

    @Option(names = "--fresh", description = "Delete the data of earlier runs first.")
    private boolean fresh;

    @Option(
            names = "--sample-traffic",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            paramLabel = "true|false",
            description =
                    "Post a like every two seconds on average. If the data folder is empty, first post the likes of eight weeks.")
    private boolean sampleTraffic;

    @Option(names = "--data", paramLabel = "FOLDER", defaultValue = "data", description = "The folder of all data.")
    private Path data;

    @Option(names = "--producer-port", paramLabel = "PORT", defaultValue = "8081", description = "0 is any free port.")
    private int producerPort;

    @Option(names = "--gateway-port", paramLabel = "PORT", defaultValue = "8082")
    private int gatewayPort;

    @Option(names = "--reports-port", paramLabel = "PORT", defaultValue = "8083")
    private int reportsPort;

    @Option(names = "--kafka-port", paramLabel = "PORT", defaultValue = "0")
    private int kafkaPort;

    @Option(names = "--mongo-port", paramLabel = "PORT", defaultValue = "0")
    private int mongoPort;

    @Option(
            names = "--schedule",
            paramLabel = "CRON",
            defaultValue = "*/10 * * * * *",
            converter = ScheduleConverter.class,
            description = "When the report batch runs; - for runs on request only.")
    private String schedule;

    @Option(
            names = "--secure",
            description =
                    "Require tokens. Prints a token for an app, one for alice and one for an analyst, and a link to the page.")
    private boolean secure;

    @Option(
            names = "--allow-origin",
            paramLabel = "ORIGIN",
            split = ",",
            defaultValue = "${env:" + OriginConverter.VARIABLE + "}",
            showDefaultValue = CommandLine.Help.Visibility.NEVER,
            converter = OriginConverter.class,
            description = {
                "Let pages of this origin, such as",
                "http://localhost:5173, send requests to the",
                "three services. Can be repeated. Default: the",
                "list in " + OriginConverter.VARIABLE + "."
            })
    private List<String> allowedOrigins = List.of();

    /** The version of the jar, as the services' own jars name it. */
    static final class JarVersion implements CommandLine.IVersionProvider {

        @Override
        public String[] getVersion() {
            String version = Quickstart.class.getPackage().getImplementationVersion();
            return new String[] {"quickstart " + (version == null ? "(not packaged)" : version)};
        }
    }

    /**
     * Starts the system, and ends the process when the system has stopped.
     *
     * @param args the options that {@code --help} lists
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Quickstart())
                .setParameterExceptionHandler((e, arguments) -> {
                    e.getCommandLine().getErr().println(e.getMessage() + " (see --help)");
                    return CommandLine.ExitCode.USAGE;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println("Heartline could not start: " + reason(e));
                    return CommandLine.ExitCode.SOFTWARE;
                });
    }

    @Override
    public void run() {
        Heartline heartline = new Heartline(new Settings(
                producerPort,
                gatewayPort,
                reportsPort,
                kafkaPort,
                mongoPort,
                data,
                fresh,
                schedule,
                secure,
                allowedOrigins == null ? List.of() : allowedOrigins));
        SampleTraffic traffic = new SampleTraffic(heartline.producer().url(), heartline.issuer());
        CountDownLatch stopped = new CountDownLatch(1);
        Runtime.getRuntime()
                .addShutdownHook(new Thread(
                        () -> {
                            traffic.close();
                            heartline.close();
                            stopped.countDown();
                        },
                        "stop"));
        if (sampleTraffic) {
            traffic.start(heartline.startedEmpty());
        }
        System.out.println(welcome(heartline));
        try {
            stopped.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private String welcome(Heartline heartline) {
        String producer = heartline.producer().url();
        String gateway = heartline.gateway().url();
        String reports = heartline.reports().url();
        return """

                Heartline is running. Ctrl-C stops it. Its data stays in %s (--fresh deletes it).

                  the page         %s/
                  event-producer   %s
                  push-gateway     %s
                  report-batch     %s (GraphQL: /graphiql)
                  Kafka            %s
                  MongoDB          %s

                """.formatted(
                                data.toAbsolutePath().normalize(),
                                reports,
                                producer,
                                gateway,
                                reports,
                                heartline.bootstrapServers(),
                                heartline.mongoUri())
                + (secure ? tokens(heartline.issuer(), reports) : "")
                + """
                Like one of alice's posts and watch it arrive on the page:

                  curl %s-H 'Content-Type: application/json' -d '{"postId":"p-1","authorId":"alice","likerId":"bob"}' %s/v1/likes
                """.formatted(secure ? "-H \"Authorization: Bearer $APP\" " : "", producer);
    }

    /** Returns tokens with the scopes of three typical callers, and one with all scopes that the page uses. */
    static String tokens(TokenIssuer issuer, String reports) {
        return """
                Each request needs a token. These tokens are valid for at most %d hours, and not after the quickstart stops:

                  export APP=%s
                  export ALICE=%s
                  export ANALYST=%s

                The page, as alice. The token in this link may also like, in any person's name, and request runs:

                  %s/#author=alice&token=%s

                """.formatted(
                        TokenIssuer.VALIDITY.toHours(),
                        issuer.token("some-app", "likes:write"),
                        issuer.token("alice", "likes:read reports:read"),
                        issuer.token("analyst", "reports:read:any reports:run"),
                        reports,
                        issuer.token("alice", "likes:write likes:read reports:read reports:run"));
    }

    /** Returns the message of the innermost cause, because it names what the operator can change. */
    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && !(cause instanceof PortInUseException)) {
            cause = cause.getCause();
        }
        if (cause instanceof DifferentSettingsException different && different.isSecretOnly()) {
            return "an earlier release, or another hash secret, was used for the data folder. Use another folder"
                    + " (--data), or delete the data of this one (--fresh).";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
