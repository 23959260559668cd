package io.heartline.producer.kafka;

import io.heartline.events.LikesLog;
import io.heartline.events.LikesTopic;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.errors.ApiException;
import org.apache.kafka.common.errors.RetriableException;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Finds the topic, and creates it if it has never existed. Waits for Kafka, so only the monitor's thread uses it. */
final class TopicAdmin implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(TopicAdmin.class);

    static final Duration REQUEST_TIMEOUT = Duration.ofSeconds(5);
    private static final Duration CREATION_TIMEOUT = Duration.ofSeconds(40);

    private final Map<String, Object> adminConfig;
    private final TopicSettings topic;
    private final TopicCheck check;
    private final Set<String> logged = new HashSet<>();
    private Admin admin;
    private @Nullable LikesLog created;

    TopicAdmin(Map<String, Object> adminConfig, TopicSettings topic) {
        this.adminConfig = adminConfig;
        this.topic = topic;
        this.check = new TopicCheck(topic);
    }

    /**
     * Returns the log that Kafka has now.
     *
     * @param mayCreate whether a missing topic is created. It is true only until the topic was found once: if the topic is deleted
     *     later, an operator has to create it again.
     * @throws ExecutionException with Kafka's exception
     */
    LikesLog find(boolean mayCreate) throws Exception {
        if (admin == null) {
            admin = Admin.create(adminConfig);
        }
        try {
            return describe();
        } catch (ExecutionException e) {
            if (!mayCreate || !(e.getCause() instanceof UnknownTopicOrPartitionException)) {
                throw e;
            }
        }
        log.info("creating topic {} with {} partitions", topic.name(), topic.partitions());
        try {
            // KafkaAdmin is not used, because it would also add partitions to an existing topic
            created = get(
                    LikesLog.create(
                            admin,
                            LikesTopic.newTopic(
                                    topic.name(), topic.partitions(), topic.replication(), topic.minInSyncReplicas())),
                    CREATION_TIMEOUT);
            return created;
        } catch (ExecutionException e) {
            if (e.getCause() instanceof TopicExistsException) {
                return describe();
            }
            throw e;
        }
    }

    /**
     * Checks the topic's configuration and this service's permissions. Logs each warning once. It logs no warning about a topic that
     * this service has just created, because that topic has the configured settings.
     *
     * @throws UnusableTopicException if no like may be appended to the topic
     */
    void check(LikesLog found) throws Exception {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, topic.name());
        CompletionStage<Config> configRequest =
                admin.describeConfigs(List.of(resource)).values().get(resource).toCompletionStage();
        CompletionStage<TopicDescription> descriptionRequest = admin.describeTopics(
                        List.of(topic.name()), new DescribeTopicsOptions().includeAuthorizedOperations(true))
                .topicNameValues()
                .get(topic.name())
                .toCompletionStage();
        Config config = getIfPermitted(configRequest, "configuration");
        TopicDescription description = getIfPermitted(descriptionRequest, "permissions");
        TopicCheck.requireUsable(config, description == null ? null : description.authorizedOperations());
        if (!found.equals(created)) {
            for (String warning : check.warnings(found.partitions(), config)) {
                if (logged.add(warning)) {
                    log.warn("topic {}: {}", topic.name(), warning);
                }
            }
        }
    }

    /** Returns null if Kafka refuses the answer, for example because DESCRIBE_CONFIGS is not permitted. */
    private <T> @Nullable T getIfPermitted(CompletionStage<T> request, String subject) throws Exception {
        try {
            return get(request, REQUEST_TIMEOUT);
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof ApiException refusal) || refusal instanceof RetriableException) {
                throw e;
            }
            if (logged.add(subject)) {
                log.info(
                        "topic {}: its {} cannot be read and is not checked: {}",
                        topic.name(),
                        subject,
                        refusal.toString());
            }
            return null;
        }
    }

    private LikesLog describe() throws Exception {
        return get(LikesLog.describe(admin, topic.name()), REQUEST_TIMEOUT);
    }

    private <T> T get(CompletionStage<T> request, Duration timeout) throws Exception {
        try {
            return request.toCompletableFuture().get(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw noAnswer(e);
        } catch (ExecutionException e) {
            throw e.getCause() instanceof TimeoutException timedOut ? noAnswer(timedOut) : e;
        }
    }

    private TimeoutException noAnswer(Exception cause) {
        return new TimeoutException(
                "Kafka does not answer. spring.kafka.bootstrap-servers is "
                        + adminConfig.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG),
                cause);
    }

    @Override
    public void close() {
        if (admin != null) {
            admin.close(Duration.ZERO);
        }
    }
}
