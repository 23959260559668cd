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

    /**
     * Starts a batch on a free port.
     *
     * @param listener receives the commands that the batch sends to MongoDB
     * @param database a MongoDB URI that ends with the name of the database
     * @param settings properties such as {@code heartline.reports.chunk-size=100}
     * @return the context of the batch, which the caller closes
     */
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

    /**
     * Lets the batch take part in a run.
     *
     * @param batch the context of the batch
     * @param run a stored run
     */
    public static void join(ApplicationContext batch, Run run) {
        batch.getBean(RunWorker.class).joinRun(run.id());
    }

    /**
     * Executes a run in this thread, whatever the queue contains.
     *
     * @param batch the context of the batch
     * @param run a stored run
     */
    public static void execute(ApplicationContext batch, Run run) {
        batch.getBean(RunExecutor.class).execute(run, null, new CountDownLatch(1));
    }
}
