package io.heartline.reports;

import io.heartline.web.command.ServiceCommand;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.data.mongodb.autoconfigure.DataMongoReactiveRepositoriesAutoConfiguration;

/** The report batch, which pulls the topic on a schedule, folds it into weekly reports, and serves them. */
@SpringBootApplication(
        exclude = DataMongoReactiveRepositoriesAutoConfiguration.class) // its scan takes time, and there are none
@EnableConfigurationProperties(ReportSettings.class)
public class ReportBatchApplication {

    /**
     * Starts the service, or executes a command and exits with its exit code.
     *
     * @param args the command and settings; {@code --help} describes them
     */
    public static void main(String[] args) {
        ServiceCommand.execute(ReportBatchCommand.commandLine(), args);
    }
}
