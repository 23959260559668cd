package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The three services, each with a principal that has only the ACLs of {@code docs/other-languages.md}. */
class KafkaAclsIT {

    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| (event-producer|push-gateway|report-batch) \\| (\\w+) `(.+)` \\| ([A-Za-z, ]+) \\|$");

    @TempDir
    private static Path folder;

    private static SecuredServices services;

    @BeforeAll
    static void start() throws Exception {
        services = new SecuredServices(folder, documented(), List.of());
    }

    @AfterAll
    static void stop() throws Exception {
        services.close();
    }

    private static List<AclBinding> documented() throws Exception {
        List<AclBinding> acls = new ArrayList<>();
        for (MatchResult row : ROW.matcher(Documentation.read("docs/other-languages.md"))
                .results()
                .toList()) {
            for (String operation : row.group(4).split(", ")) {
                acls.add(SecuredServices.acl(row.group(1), row.group(2), row.group(3), operation));
            }
        }
        assertThat(acls).hasSizeGreaterThan(5);
        return acls;
    }

    @Test
    void documentedAcls_sufficeToLogPushReportAndDeadLetter() throws Exception {
        JsonNode accepted = services.acceptedLike("alice");
        String position = accepted.path("position").stringValue();
        String path = "/v1/authors/alice";
        String start = position.replaceFirst("[0-9]+$", "start");

        assertThat(SecuredServices.get(services.gateway, path + "/likes?wait=1&after=" + start)
                        .body())
                .contains(accepted.path("eventId").stringValue());

        services.writeRecordThatIsNoLike("alice");
        assertThat(services.run().path("status").stringValue()).isEqualTo("done");
        assertThat(SecuredServices.get(services.reports, path + "/reports/current?wait=30&atLeast=" + position)
                        .body())
                .contains("\"likes\":1");
        assertThat(services.endOf("likes.dead")).isEqualTo(1);
        // Kafka receives the offsets after the run is stored as done
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(services.admin
                        .listConsumerGroupOffsets("report-batch")
                        .partitionsToOffsetAndMetadata()
                        .get(30, TimeUnit.SECONDS))
                .hasSize(2));
    }
}
