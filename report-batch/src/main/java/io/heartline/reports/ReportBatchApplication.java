package io.heartline.reports;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.boot.context.properties.ConfigurationPropertiesScan;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Pulls the topic on a schedule, folds it into weekly reports, and answers for them. */
@SpringBootApplication
@ConfigurationPropertiesScan
@EnableScheduling
public class ReportBatchApplication {

    public static void main(String[] args) {
        System.setProperty("spring.config.name", "report-batch");
        SpringApplication.run(ReportBatchApplication.class, args);
    }
}
