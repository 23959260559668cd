package io.heartline.reports;

import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;

/** Pulls the topic on a schedule, folds it into weekly reports, and serves them. */
@SpringBootApplication
@ConfigurationPropertiesScan
public class ReportBatchApplication {

    public static void main(String[] args) {
        int exit = ReportBatchCommand.commandLine().execute(args);
        if (exit != ReportBatchCommand.SERVING) {
            System.exit(exit);
        }
    }
}
