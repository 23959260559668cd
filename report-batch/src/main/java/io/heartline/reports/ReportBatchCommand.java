package io.heartline.reports;

import io.heartline.events.Identifier;
import io.heartline.reports.audit.AuditLog;
import io.heartline.reports.erasure.Eraser;
import io.heartline.reports.failure.CommandRefusedException;
import io.heartline.reports.failure.DifferentSettingsException;
import io.heartline.reports.failure.Failures;
import io.heartline.reports.failure.HashSecretException;
import io.heartline.reports.feed.pass.FeedWorker;
import io.heartline.reports.progress.OffsetReset;
import io.heartline.reports.settings.DatabaseSettings;
import io.heartline.reports.settings.HashSecretRotation;
import io.heartline.reports.verify.Verification;
import io.heartline.reports.worker.SingleRun;
import io.heartline.web.command.ServiceCommand;
import io.heartline.web.command.StartFailure;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.apache.kafka.common.KafkaException;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.threeten.extra.YearWeek;
import picocli.CommandLine;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.Unmatched;

/** The command line: starts the service, or executes one command and exits. */
@Command(
        name = "report-batch",
        mixinStandardHelpOptions = true,
        description =
                "Pulls the topic of likes on a schedule, folds it into weekly reports, and answers for them over HTTP.",
        exitCodeListHeading = "%nExit codes of the commands:%n",
        exitCodeList = {
            "0:--once: every partition is folded past the end it had; --verify: equal; --accept-new-log,"
                    + " --accept-new-secret, --erase: done",
            "1:--once: the run failed; --verify: reports differ; --accept-new-log, --accept-new-secret: not"
                    + " accepted",
            "2:--verify: the log no longer reaches that far",
            "64:the command line is wrong",
            "70:it could not start, or Kafka or MongoDB is unavailable; --erase: not complete, repeat it"
        },
        footer = {
            "",
            "Every setting can be given as --KEY=VALUE, or in the environment: server.port is",
            "SERVER_PORT. These are the most important ones, with their defaults.",
            "",
            "  spring.kafka.bootstrap-servers      127.0.0.1:9092         brokers, separated by commas",
            "  spring.mongodb.uri                  mongodb://127.0.0.1:27017/heartline",
            "  server.port                         8083                   port for HTTP",
            "  server.address                      127.0.0.1              address for HTTP",
            "  heartline.security.mode             open                   jwt: requests need a token",
            "  heartline.security.allowed-origins  http://localhost:8083  pages that may send requests",
            "  heartline.reports.schedule          \"0 */5 * * * *\"        second minute hour ...; -: never",
            "  heartline.reports.zone              UTC                    the time zone of weeks",
            "  heartline.reports.hash-secret       none                   needed with mode jwt",
            "",
            "All settings, with comments, are in report-batch.yml in this jar. See also",
            "docs/running-the-batch.md, docs/operations.md, docs/security.md and docs/http.md."
        })
final class ReportBatchCommand implements Callable<Integer> {

    private static final String SCHEDULE = "--heartline.reports.schedule=";
    private static final int FAILED = 1;
    private static final int UNREACHABLE = 2;
    private static final int MAX_LINES = 100;
    private static final Duration SETTINGS_CHECK_TIMEOUT = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @ArgGroup
    private CommandOptions options;

    /** The arguments that are no options. They are passed to Spring as settings. */
    @Unmatched
    private List<String> settings = new ArrayList<>();

    private static final class CommandOptions {

        @Option(names = "--once", description = "Execute one run and exit, for an external cron.")
        private boolean once;

        @Option(
                names = "--verify",
                paramLabel = "WEEK",
                description =
                        "Count a week (2026-W47) again from the log, compare each report with it, and exit. Writes nothing.")
        private YearWeek verify;

        @Option(
                names = "--accept-new-log",
                description =
                        "After a run has failed because of a gap between progress and the log: keep the figures, reset the"
                                + " offsets to where the log is now, and exit.")
        private boolean acceptNewLog;

        @Option(
                names = "--accept-new-secret",
                description =
                        "After report-batch has not started because its hash secret is new: keep all figures, count pairs"
                                + " under this secret from now on, and exit. Stop all instances before.")
        private boolean acceptNewSecret;

        @Option(
                names = "--erase",
                paramLabel = "AUTHOR",
                description =
                        "Delete all reports of an author, exclude all likes that were logged before, and exit. Runs may be running.")
        private String erase;
    }

    static CommandLine commandLine() {
        System.setProperty("spring.config.name", "report-batch");
        return ServiceCommand.configure(
                        new CommandLine(new ReportBatchCommand()), "report-batch", ReportBatchApplication.class)
                .registerConverter(YearWeek.class, ReportBatchCommand::week)
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    Exception failure = startFailure(e);
                    command.getErr()
                            .println(
                                    Failures.isDescribed(failure)
                                            ? Failures.describe(failure)
                                            : "report-batch could not start: " + StartFailure.describe(failure));
                    return ServiceCommand.UNAVAILABLE;
                });
    }

    @Override
    public Integer call() {
        ServiceCommand.requireSettings(spec.commandLine(), settings);
        if (options == null) {
            new SpringApplicationBuilder(ReportBatchApplication.class).run(settings.toArray(String[]::new));
            return ServiceCommand.SERVING;
        }
        if (options.erase != null && !Identifier.isValid(options.erase)) {
            throw new ParameterException(spec.commandLine(), "Invalid value for option '--erase': " + Identifier.RULE);
        }
        // A command has no scheduled runs. It executes only runs that it requests.
        settings.removeIf(setting -> setting.startsWith(SCHEDULE));
        settings.add(SCHEDULE + ReportSettings.NEVER);
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ReportBatchApplication.class)
                .web(WebApplicationType.NONE)
                .lazyInitialization(true) // a command needs few of the beans
                .run(settings.toArray(String[]::new))) {
            if (options.acceptNewSecret) {
                return accept(context.getBean(HashSecretRotation.class));
            }
            DatabaseSettings database = context.getBean(DatabaseSettings.class);
            (options.verify != null ? database.checkStored() : database.checkOrCreate()).block(SETTINGS_CHECK_TIMEOUT);
            if (options.once) {
                return once(context.getBean(SingleRun.class), context.getBean(FeedWorker.class));
            }
            if (options.verify != null) {
                return verify(context.getBean(Verification.class));
            }
            return options.erase != null
                    ? erase(
                            context.getBean(Eraser.class),
                            context.getBean(AuditLog.class),
                            context.getBean(ReportSettings.class))
                    : accept(context.getBean(OffsetReset.class));
        }
    }

    private int once(SingleRun singleRun, FeedWorker feed) {
        String error = singleRun.run();
        if (error != null) {
            err("the run failed: " + error);
            return FAILED;
        }
        feed.enterMissing();
        out("done: every partition is folded past the end it had");
        return 0;
    }

    private int verify(Verification verification) {
        Verification.Result result = verification.verify(options.verify);
        if (result.unreachableReason() != null) {
            err(options.verify + ": the log no longer reaches that far: " + result.unreachableReason());
            return UNREACHABLE;
        }
        int different = result.differences().size();
        result.differences().stream().limit(MAX_LINES).forEach(this::out);
        if (different > MAX_LINES) {
            out("and " + (different - MAX_LINES) + " more");
        }
        out(options.verify + ": " + result.comparedReports() + " reports compared with the log, " + different
                + " different");
        if (result.onlyEvents() > 0) {
            out(
                    "of " + result.onlyEvents()
                            + " of them only the events, because they depend on other hash secrets or on likers who were erased");
        }
        return different == 0 ? 0 : FAILED;
    }

    private int accept(OffsetReset offsetReset) {
        List<String> accepted;
        try {
            accepted = offsetReset.reset();
        } catch (CommandRefusedException e) {
            err("not accepted: " + e.getMessage());
            return FAILED;
        }
        accepted.forEach(this::out);
        if (accepted.isEmpty()) {
            out("there is no gap between progress and the log: nothing was changed");
        }
        return 0;
    }

    private int accept(HashSecretRotation rotation) {
        try {
            out(
                    rotation.rotate()
                            ? "the secret is accepted: all figures stay, and pairs count under it from now on"
                            : "the database has this secret: nothing was changed");
            return 0;
        } catch (CommandRefusedException e) {
            err("not accepted: " + e.getMessage());
            return FAILED;
        }
    }

    private int erase(Eraser eraser, AuditLog audit, ReportSettings topics) {
        int exit = ServiceCommand.UNAVAILABLE;
        try {
            long reports = eraser.erase(options.erase);
            exit = 0;
            out(options.erase + " is erased: " + reports
                    + " reports deleted, and no like that was logged before is counted again");
            out("the likes themselves stay in the topics " + topics.topic() + " and " + topics.deadLetterTopic()
                    + " until their retention ends: see docs/privacy.md");
            return exit;
        } catch (KafkaException e) {
            err(options.erase
                    + ": the reports are deleted, but Kafka does not answer, so the next run completes the erasure: "
                    + "repeat the command");
            throw e;
        } finally {
            audit.commandErasure(options.erase, exit);
        }
    }

    /** Returns the exception that a bean threw at start, which Spring wraps. */
    private static Exception startFailure(Exception e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof DifferentSettingsException || cause instanceof HashSecretException) {
                return (RuntimeException) cause;
            }
        }
        return e;
    }

    private static YearWeek week(String text) {
        try {
            return YearWeek.parse(text);
        } catch (DateTimeParseException e) {
            throw new TypeConversionException("must be an ISO week such as 2026-W47");
        }
    }

    private void out(String line) {
        spec.commandLine().getOut().println(line);
    }

    private void err(String line) {
        spec.commandLine().getErr().println(line);
    }
}
