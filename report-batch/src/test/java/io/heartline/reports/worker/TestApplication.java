package io.heartline.reports.worker;

import com.mongodb.event.CommandListener;
import io.heartline.reports.ReportBatchApplication;
import io.heartline.reports.run.Run;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.mongodb.autoconfigure.MongoClientSettingsBuilderCustomizer;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** Starts a batch in this JVM as {@code main} does, with a listener for its MongoDB commands. */
public final class TestApplication {

    private TestApplication() {}

    /** @param settings properties such as {@code heartline.reports.chunk-size=100} */
    public static ConfigurableApplicationContext start(CommandListener listener, String database, String... settings) {
        Stream<String> all = Stream.concat(
                Stream.of("spring.config.name=report-batch", "server.port=0", "spring.mongodb.uri=" + database),
                List.of(settings).stream());
        return new SpringApplicationBuilder(ReportBatchApplication.class)
                .initializers(context -> ((GenericApplicationContext) context)
                        .registerBean(
                                "heard",
                                MongoClientSettingsBuilderCustomizer.class,
                                () -> mongo -> mongo.addCommandListener(listener)))
                .run(all.map(setting -> "--" + setting).toArray(String[]::new));
    }

    /** Lets the batch take part in the run. */
    public static void join(ApplicationContext batch, Run run) {
        batch.getBean(RunWorker.class).joinRun(run.id());
    }

    /** Executes the run in this thread, whatever the queue contains. */
    public static void execute(ApplicationContext batch, Run run) {
        batch.getBean(RunExecutor.class).execute(run, new CountDownLatch(1));
    }
}
