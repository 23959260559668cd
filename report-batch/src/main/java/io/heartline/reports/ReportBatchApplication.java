package io.heartline.reports;

import io.heartline.web.problem.ProblemHandler;
import io.heartline.web.problem.RequestIds;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.context.annotation.Import;

/** Pulls the topic on a schedule, folds it into weekly reports, and answers for them. */
@SpringBootApplication
@ConfigurationPropertiesScan
@Import({RequestIds.class, ProblemHandler.class})
public class ReportBatchApplication {

    public static void main(String[] args) {
        int exit = ReportBatchCommand.commandLine().execute(args);
        if (exit != ReportBatchCommand.SERVING) {
            System.exit(exit);
        }
    }
}
