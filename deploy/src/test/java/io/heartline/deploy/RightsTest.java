package io.heartline.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * Compares the three lists of rights in Kafka: Strimzi's users, {@code deploy/kafka/acls.sh}, and docs/other-languages.md. KafkaAclsIT
 * runs the services with the rights of the files.
 */
class RightsTest {

    private static final Pattern SCRIPT_LINE = Pattern.compile("(?m)^acls (\\S+) --(topic|group) (\\S+) (.+)$");
    private static final Pattern SCRIPT_OPERATION = Pattern.compile("--operation (\\w+)");
    private static final Pattern SCRIPT_TOPIC = Pattern.compile(
            "(?m)^topic (\\S+) --partitions (\\d+) --replication-factor (\\d+)((?:\\s|\\\\|--config \\S+)+)");
    private static final Pattern SCRIPT_CONFIG = Pattern.compile("--config (\\S+)");
    private static final Pattern ROW = Pattern.compile(
            "(?m)^\\| (event-producer|push-gateway|report-batch) \\| (\\w+) `(.+)` \\| ([A-Za-z, ]+) \\|$");

    /** A right of a user. */
    private record Right(String user, String type, String name, String operation) {}

    @Test
    void users_haveTheRightsOfTheDocumentation_withoutCreate() throws IOException {
        Set<Right> documented = new HashSet<>();
        for (MatchResult row : ROW.matcher(Repository.read("docs/other-languages.md"))
                .results()
                .toList()) {
            for (String operation : row.group(4).split(", ")) {
                documented.add(new Right(row.group(1), row.group(2), row.group(3), operation));
            }
        }
        documented.removeIf(right -> right.operation().equals("Create"));

        assertThat(documented).hasSizeGreaterThan(5);
        assertThat(ofUsers()).isEqualTo(documented);
    }

    @Test
    void script_grantsTheRightsOfTheUsers() throws IOException {
        Set<Right> granted = new HashSet<>();
        for (MatchResult line : SCRIPT_LINE
                .matcher(Repository.read("deploy/kafka/acls.sh"))
                .results()
                .toList()) {
            for (String operation : Repository.find(SCRIPT_OPERATION, line.group(4))) {
                granted.add(new Right(line.group(1), line.group(2), line.group(3), operation));
            }
        }

        assertThat(granted).isEqualTo(ofUsers());
    }

    private static Set<Right> ofUsers() {
        Set<Right> rights = new HashSet<>();
        for (Resource user : ofKind("KafkaUser")) {
            for (Object acl : (List<?>) user.at("spec", "authorization", "acls")) {
                assertThat(Resource.at(acl, "resource", "patternType")).isEqualTo("literal");
                for (Object operation : (List<?>) Resource.at(acl, "operations")) {
                    rights.add(new Right(
                            user.name(),
                            (String) Resource.at(acl, "resource", "type"),
                            (String) Resource.at(acl, "resource", "name"),
                            (String) operation));
                }
            }
        }
        return rights;
    }

    @Test
    void script_createsTheTopicsOfStrimzi() throws IOException {
        Map<String, Set<String>> created = new TreeMap<>();
        SCRIPT_TOPIC.matcher(Repository.read("deploy/kafka/acls.sh")).results().forEach(topic -> {
            Set<String> settings = new TreeSet<>(Repository.find(SCRIPT_CONFIG, topic.group(4)));
            settings.add("partitions=" + topic.group(2));
            settings.add("replicas=" + topic.group(3));
            created.put(topic.group(1), settings);
        });

        assertThat(created).isEqualTo(topics());
    }

    @Test
    void topics_haveTheSettingsThatTheServicesWouldCreateThemWith() throws IOException {
        String retention = Repository.find(
                        Pattern.compile("RETENTION = Duration\\.ofDays\\((\\d+)\\)"),
                        Repository.read("like-events/src/main/java/io/heartline/events/LikesTopic.java"))
                .get(0);
        String retentionSetting = "retention.ms=" + Integer.parseInt(retention) * 86_400_000L;
        Map<?, ?> producer = ofKind("ConfigMap").stream()
                .filter(resource -> resource.name().startsWith("event-producer-"))
                .map(resource -> (Map<?, ?>) resource.at("data"))
                .findFirst()
                .orElseThrow();

        assertThat(topics()).containsOnlyKeys("likes", "likes.dead");
        assertThat(topics().get("likes"))
                .contains(
                        retentionSetting,
                        "message.timestamp.type=LogAppendTime",
                        "partitions=" + producer.get("HEARTLINE_PRODUCER_TOPIC_PARTITIONS"),
                        "replicas=" + producer.get("HEARTLINE_PRODUCER_TOPIC_REPLICATION"),
                        "min.insync.replicas=" + producer.get("HEARTLINE_PRODUCER_TOPIC_MIN_IN_SYNC_REPLICAS"));
        assertThat(topics().get("likes.dead")).contains(retentionSetting, "partitions=1", "max.message.bytes=4194304");
    }

    private static Map<String, Set<String>> topics() {
        Map<String, Set<String>> topics = new TreeMap<>();
        for (Resource topic : ofKind("KafkaTopic")) {
            Set<String> settings = ((Map<?, ?>) topic.at("spec", "config"))
                    .entrySet().stream().map(Object::toString).collect(Collectors.toCollection(TreeSet::new));
            for (String number : Arrays.asList("partitions", "replicas")) {
                settings.add(number + '=' + topic.at("spec", number));
            }
            Object name = topic.at("spec", "topicName");
            topics.put(name == null ? topic.name() : name.toString(), settings);
        }
        return topics;
    }

    private static List<Resource> ofKind(String kind) {
        return Kustomize.build("overlays/example").stream()
                .filter(resource -> resource.kind().equals(kind))
                .toList();
    }
}
