package io.heartline.quickstart;

import io.heartline.quickstart.Heartline.Settings;
import io.heartline.reports.failure.DifferentSettingsException;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.springframework.boot.web.server.PortInUseException;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the whole system in one JVM until it is told to stop. */
@Command(
        name = "quickstart",
        mixinStandardHelpOptions = true,
        version = "Heartline quickstart",
        showDefaultValues = true,
        sortOptions = false,
        description = "Runs Heartline in one JVM: a Kafka broker, a database, and the three services, all on loopback.")
public final class Quickstart implements Runnable {

    @Option(names = "--fresh", description = "Forget what earlier runs left in the data folder.")
    private boolean fresh;

    @Option(
            names = "--sample-traffic",
            arity = "0..1",
            fallbackValue = "true",
            defaultValue = "true",
            paramLabel = "true|false",
            description = "Post a few likes a second, and eight weeks of history into an empty data folder.")
    private boolean sampleTraffic;

    @Option(names = "--data", paramLabel = "FOLDER", defaultValue = "data", description = "Where everything is kept.")
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
            description = "When the report batch runs; - for only when asked.")
    private String schedule;

    @Option(
            names = "--secure",
            description = "Let nobody in without a token; prints some, for an app, for alice and for an analyst.")
    private boolean secure;

    /**
     * Starts the system, and ends the process when the system has stopped.
     *
     * @param args the options that {@code --help} lists
     */
    public static void main(String[] args) {
        System.exit(commandLine().execute(args));
    }

    static CommandLine commandLine() {
        return new CommandLine(new Quickstart()).setExecutionExceptionHandler((e, command, parsed) -> {
            command.getErr().println("Heartline could not start: " + reason(e));
            return CommandLine.ExitCode.SOFTWARE;
        });
    }

    @Override
    public void run() {
        Heartline heartline = new Heartline(new Settings(
                producerPort, gatewayPort, reportsPort, kafkaPort, mongoPort, data, fresh, schedule, secure));
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

                Heartline is running. Ctrl-C stops it; what it knows stays in %s (--fresh forgets it).

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

    private static String tokens(TokenIssuer issuer, String reports) {
        String alice = issuer.token("alice", "likes:read reports:read");
        return """
                Nobody gets in without a token. These are good for %d hours, and for this run:

                  export APP=%s
                  export ALICE=%s
                  export ANALYST=%s

                The page, as alice:

                  %s/#author=alice&token=%s

                """.formatted(
                        TokenIssuer.VALIDITY.toHours(),
                        issuer.token("some-app", "likes:write"),
                        alice,
                        issuer.token("analyst", "reports:read:any reports:run"),
                        reports,
                        alice);
    }

    /** The innermost reason, which is the one that a person can do something about. */
    private static String reason(Throwable e) {
        Throwable cause = e;
        while (cause.getCause() != null && !(cause instanceof PortInUseException)) {
            cause = cause.getCause();
        }
        if (cause instanceof DifferentSettingsException different && different.isSecretOnly()) {
            return "the data folder was filled by an earlier release, or under another hash secret. Use another folder"
                    + " (--data), or forget what is in this one (--fresh).";
        }
        return cause.getMessage() == null ? cause.toString() : cause.getMessage();
    }
}
