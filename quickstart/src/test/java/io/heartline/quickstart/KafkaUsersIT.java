package io.heartline.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.acl.AclBinding;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.yaml.snakeyaml.Yaml;
import tools.jackson.databind.JsonNode;

/** The three services with the rights of Strimzi's users in {@code deploy/kubernetes}, and with one right less. */
class KafkaUsersIT {

    private static final String FOLDER = "deploy/kubernetes/components/strimzi/";
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    @TempDir
    private static Path folder;

    private static SecuredServices services;

    private interface FailableTest {
        void run() throws Exception;
    }

    @BeforeAll
    static void start() throws Exception {
        services = new SecuredServices(folder, acls(), topics());
    }

    @AfterAll
    static void stop() throws Exception {
        services.close();
    }

    private static List<AclBinding> acls() throws Exception {
        List<AclBinding> acls = new ArrayList<>();
        for (Object user : new Yaml().loadAll(Documentation.read(FOLDER + "users.yaml"))) {
            for (Object acl : (List<?>) at(user, "spec", "authorization", "acls")) {
                for (Object operation : (List<?>) at(acl, "operations")) {
                    acls.add(SecuredServices.acl(
                            (String) at(user, "metadata", "name"),
                            (String) at(acl, "resource", "type"),
                            (String) at(acl, "resource", "name"),
                            (String) operation));
                }
            }
        }
        return acls;
    }

    /** Returns the topics with one replica, and the topic of likes with two partitions. */
    private static List<NewTopic> topics() throws Exception {
        List<NewTopic> topics = new ArrayList<>();
        for (Object topic : new Yaml().loadAll(Documentation.read(FOLDER + "topics.yaml"))) {
            Object name = ((Map<?, ?>) at(topic, "spec")).get("topicName");
            Map<String, String> settings = new HashMap<>();
            ((Map<?, ?>) at(topic, "spec", "config"))
                    .forEach((setting, value) -> settings.put(setting.toString(), value.toString()));
            settings.put("min.insync.replicas", "1");
            topics.add(new NewTopic(name == null ? "likes" : (String) name, name == null ? 2 : 1, (short) 1)
                    .configs(settings));
        }
        return topics;
    }

    private static Object at(Object map, String... keys) {
        Object value = map;
        for (String key : keys) {
            value = ((Map<?, ?>) value).get(key);
        }
        return value;
    }

    @Test
    void rights_sufficeToLogPushReportAndDeadLetter() throws Exception {
        JsonNode accepted = services.acceptedLike("alice");
        String position = accepted.path("position").stringValue();
        long dead = services.endOf("likes.dead");
        services.writeRecordThatIsNoLike("alice");

        assertThat(services.run().path("status").stringValue()).isEqualTo("done");
        assertThat(SecuredServices.get(services.gateway, poll("alice", position))
                        .body())
                .contains(accepted.path("eventId").stringValue());
        assertThat(SecuredServices.get(
                                services.reports, "/v1/authors/alice/reports/current?wait=30&atLeast=" + position)
                        .body())
                .contains("\"likes\":1");
        assertThat(services.endOf("likes.dead")).isEqualTo(dead + 1);
    }

    @Test
    void withoutWrite_likesAreRefused_untilItIsBack() throws Exception {
        AclBinding right = SecuredServices.acl("event-producer", "topic", "likes", "Write");

        without(right, () -> {
            await().atMost(TIMEOUT).until(() -> services.like("bea").statusCode() == 503);
            await().atMost(TIMEOUT)
                    .until(() -> SecuredServices.get(services.producer, "/actuator/health/readiness")
                                    .statusCode()
                            == 503);
        });
        await().atMost(TIMEOUT.multipliedBy(2)).until(() -> services.like("bea").statusCode() == 202);
    }

    @Test
    void withoutRead_gatewayRefusesClients_untilItIsBack() throws Exception {
        String poll = "/v1/authors/carl/likes?wait=0";
        AclBinding right = SecuredServices.acl("push-gateway", "topic", "likes", "Read");

        without(right, () -> await().atMost(TIMEOUT)
                .until(() -> SecuredServices.get(services.gateway, poll).statusCode() == 503));
        await().atMost(TIMEOUT)
                .until(() -> SecuredServices.get(services.gateway, poll).statusCode() == 200);
    }

    @Test
    void withoutRead_runFails_andTheNextOneSucceeds() throws Exception {
        services.acceptedLike("dora");
        AclBinding right = SecuredServices.acl("report-batch", "topic", "likes", "Read");

        without(right, () -> assertThat(services.run().path("status").stringValue())
                .isEqualTo("failed"));
        assertThat(services.run().path("status").stringValue()).isEqualTo("done");
    }

    @Test
    void withoutWriteToDeadLetters_recordIsCountedAsLost_andTheRunContinues() throws Exception {
        AclBinding right = SecuredServices.acl("report-batch", "topic", "likes.dead", "Write");

        without(right, () -> {
            services.writeRecordThatIsNoLike("emil");
            assertThat(services.run().path("status").stringValue()).isEqualTo("done");
        });
        assertThat(SecuredServices.get(services.reports, "/actuator/prometheus").body())
                .containsPattern("heartline_reports_dead_letters_total\\{outcome=\"lost\"} [1-9]");
    }

    private static String poll(String author, String position) {
        return "/v1/authors/" + author + "/likes?wait=1&after=" + position.replaceFirst("[0-9]+$", "start");
    }

    private static void without(AclBinding right, FailableTest test) throws Exception {
        assertThat(services.admin.deleteAcls(List.of(right.toFilter())).all().get(30, TimeUnit.SECONDS))
                .containsExactly(right);
        try {
            test.run();
        } finally {
            services.admin.createAcls(List.of(right)).all().get(30, TimeUnit.SECONDS);
        }
    }
}
