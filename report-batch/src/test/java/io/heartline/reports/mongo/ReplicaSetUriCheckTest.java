package io.heartline.reports.mongo;

import static org.assertj.core.api.Assertions.assertThat;

import com.mongodb.ConnectionString;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

class ReplicaSetUriCheckTest {

    private static final HelloResponse PRIMARY = hello("{isWritablePrimary: true, setName: 'rs0'}");
    private static final HelloResponse SECONDARY = hello("{isWritablePrimary: false, secondary: true, setName: 'rs0'}");
    private static final HelloResponse STANDALONE = hello("{isWritablePrimary: true}");
    private static final HelloResponse ROUTER = hello("{isWritablePrimary: true, msg: 'isdbgrid'}");

    @ParameterizedTest
    @ValueSource(strings = {"mongodb://db/heartline", "mongodb://user:secret@db:27018/heartline?w=1&authSource=admin"})
    void oneHostOfAReplicaSet_isReportedWithItsCorrection(String uri) {
        String problem = ReplicaSetUriCheck.problem(new ConnectionString(uri), PRIMARY);

        assertThat(problem).contains("replicaSet=rs0").contains("directConnection=true");
        assertThat(problem).doesNotContain("secret");
        assertThat(ReplicaSetUriCheck.problem(new ConnectionString(uri), SECONDARY))
                .isEqualTo(problem);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "mongodb://db/heartline?replicaSet=rs0",
                "mongodb://db-1,db-2/heartline",
                "mongodb://db/heartline?directConnection=true",
                "mongodb://db/heartline?directConnection=false",
            })
    void uriWithSetNameOrDirectConnection_isAccepted(String uri) {
        assertThat(ReplicaSetUriCheck.problem(new ConnectionString(uri), PRIMARY))
                .isNull();
    }

    @Test
    void singleHostWithoutReplicaSet_isAccepted() {
        ConnectionString uri = new ConnectionString("mongodb://db/heartline");

        assertThat(ReplicaSetUriCheck.problem(uri, STANDALONE)).isNull();
        assertThat(ReplicaSetUriCheck.problem(uri, ROUTER)).isNull();
    }

    @Test
    void primary_isHealthy_secondaryIsNot_andAnInvalidUriIsADetail() {
        Health primary = MongoHealth.of(PRIMARY, "add replicaSet=rs0");
        Health secondary = MongoHealth.of(SECONDARY, "add replicaSet=rs0");

        assertThat(primary.getStatus()).isEqualTo(Status.UP);
        assertThat(primary.getDetails()).containsEntry("uri", "add replicaSet=rs0");
        assertThat(secondary.getStatus()).isEqualTo(Status.DOWN);
        assertThat(secondary.getDetails()).containsKeys("error", "uri");
        assertThat(MongoHealth.of(STANDALONE, null)).isEqualTo(Health.up().build());
    }

    private static HelloResponse hello(String answer) {
        return HelloResponse.of(Document.parse(answer));
    }
}
