package io.heartline.reports;

import io.heartline.events.Identifier;
import io.heartline.reports.audit.AuditLog;
import io.heartline.reports.run.Acceptance;
import io.heartline.reports.run.DatabaseSettings;
import io.heartline.reports.run.Eraser;
import io.heartline.reports.run.NotAcceptableException;
import io.heartline.reports.run.Once;
import io.heartline.reports.run.SecretAcceptance;
import io.heartline.reports.run.Trouble;
import io.heartline.reports.run.Verification;
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

/** What the program does when it is started: serve, or one thing and exit. */
@Command(
        name = "report-batch",
        description = {
            "Pulls the topic of likes on a schedule, folds it into weekly reports, and answers for them over HTTP.",
            "Every setting in report-batch.yml can be given as --key=value, or in the environment."
        },
        exitCodeListHeading = "%nExit codes of the commands:%n",
        exitCodeList = {
            "0:--once: every partition is folded past the end it had; --verify: equal; --accept-new-log,"
                    + " --accept-new-secret, --erase: done",
            "1:--once: the run failed; --verify: something is different; --accept-new-log, --accept-new-secret: not"
                    + " accepted",
            "2:--verify: the log no longer reaches that far",
            "64:the command line is wrong",
            "70:it could not start, or Kafka or MongoDB are in trouble; --erase: not complete, repeat it"
        })
final class ReportBatchCommand implements Callable<Integer> {

    /** It goes on in threads of its own. */
    static final int SERVING = -1;

    private static final String SCHEDULE = "--heartline.reports.schedule=";
    private static final int FAILED = 1;
    private static final int UNREACHABLE = 2;
    private static final int USAGE = 64;
    private static final int TROUBLE = 70;
    private static final int LINES = 100;
    private static final Duration MONGO = Duration.ofSeconds(60);

    @Spec
    private CommandSpec spec;

    @Option(names = "--help", usageHelp = true, description = "Show this, and exit.")
    private boolean help;

    @ArgGroup
    private One one;

    /** Passed on to Spring. */
    @Unmatched
    private List<String> settings = new ArrayList<>();

    private static final class One {

        @Option(names = "--once", description = "Do one run and exit, for an outside cron.")
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
                        "After a run has failed because progress and the log do not meet: keep the figures, start positions"
                                + " anew where the log is now, and exit.")
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
                        "Delete all reports of an author, never count again what was logged before, and exit. Runs may be going.")
        private String erase;
    }

    static CommandLine commandLine() {
        System.setProperty("spring.config.name", "report-batch");
        return new CommandLine(new ReportBatchCommand())
                .registerConverter(YearWeek.class, ReportBatchCommand::week)
                .setParameterExceptionHandler((e, arguments) -> {
                    e.getCommandLine().getErr().println(e.getMessage() + " (--help tells more)");
                    return USAGE;
                })
                .setExecutionExceptionHandler((e, command, parsed) -> {
                    command.getErr().println(Trouble.text(cause(e)));
                    return TROUBLE;
                });
    }

    @Override
    public Integer call() {
        if (one == null) {
            new SpringApplicationBuilder(ReportBatchApplication.class).run(settings.toArray(String[]::new));
            return SERVING;
        }
        if (one.erase != null && !Identifier.isValid(one.erase)) {
            throw new ParameterException(spec.commandLine(), "Invalid value for option '--erase': " + Identifier.RULE);
        }
        // runs of its own would be in the way; those that it is asked for it does
        settings.removeIf(setting -> setting.startsWith(SCHEDULE));
        settings.add(SCHEDULE + ReportSettings.NEVER);
        try (ConfigurableApplicationContext context = new SpringApplicationBuilder(ReportBatchApplication.class)
                .web(WebApplicationType.NONE)
                .run(settings.toArray(String[]::new))) {
            if (one.acceptNewSecret) {
                return accept(context.getBean(SecretAcceptance.class));
            }
            DatabaseSettings database = context.getBean(DatabaseSettings.class);
            (one.verify != null ? database.compare() : database.check()).block(MONGO);
            if (one.once) {
                return once(context.getBean(Once.class));
            }
            if (one.verify != null) {
                return verify(context.getBean(Verification.class));
            }
            return one.erase != null
                    ? erase(
                            context.getBean(Eraser.class),
                            context.getBean(AuditLog.class),
                            context.getBean(ReportSettings.class))
                    : accept(context.getBean(Acceptance.class));
        }
    }

    private int once(Once once) {
        String error = once.run();
        if (error != null) {
            err("the run failed: " + error);
            return FAILED;
        }
        out("done: every partition is folded past the end it had");
        return 0;
    }

    private int verify(Verification verification) {
        Verification.Result result = verification.verify(one.verify);
        if (result.unreachable() != null) {
            err(one.verify + ": the log no longer reaches that far: " + result.unreachable());
            return UNREACHABLE;
        }
        int different = result.differences().size();
        result.differences().stream().limit(LINES).forEach(this::out);
        if (different > LINES) {
            out("and " + (different - LINES) + " more");
        }
        out(one.verify + ": " + result.reports() + " reports compared with the log, " + different + " different");
        if (result.underOtherSecrets() > 0) {
            out("of " + result.underOtherSecrets()
                    + " of them only the events, because they depend on other hash secrets");
        }
        return different == 0 ? 0 : FAILED;
    }

    private int accept(Acceptance acceptance) {
        List<String> accepted;
        try {
            accepted = acceptance.accept();
        } catch (NotAcceptableException e) {
            err("not accepted: " + e.getMessage());
            return FAILED;
        }
        accepted.forEach(this::out);
        if (accepted.isEmpty()) {
            out("progress and the log meet: nothing was changed");
        }
        return 0;
    }

    private int accept(SecretAcceptance acceptance) {
        try {
            out(
                    acceptance.accept()
                            ? "the secret is accepted: all figures stay, and pairs count under it from now on"
                            : "the database has this secret: nothing was changed");
            return 0;
        } catch (NotAcceptableException e) {
            err("not accepted: " + e.getMessage());
            return FAILED;
        }
    }

    private int erase(Eraser eraser, AuditLog audit, ReportSettings topics) {
        int exit = TROUBLE;
        try {
            long reports = eraser.erase(one.erase);
            exit = 0;
            out(one.erase + " is erased: " + reports
                    + " reports deleted, and no like that was logged before is counted again");
            out("the likes themselves stay in the topics " + topics.topic() + " and " + topics.deadLetterTopic()
                    + " until their retention ends: see docs/privacy.md");
            return exit;
        } catch (KafkaException e) {
            err(one.erase
                    + ": the reports are deleted, but Kafka does not answer, so the next run completes the erasure: "
                    + "repeat the command");
            throw e;
        } finally {
            audit.erasedByCommand(one.erase, exit);
        }
    }

    /** Returns the exception that a bean threw at start, which Spring wraps. */
    private static Exception cause(Exception e) {
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
