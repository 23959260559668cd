package io.heartline.quickstart.backends;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The scripts of the container. No test starts it without {@code -Pcontainers}. */
class MongoReplicaSetTest {

    @Test
    void startScript_isValid_andStartsEachMemberWithFailPoints() throws Exception {
        String script = MongoReplicaSet.startScript(27017, 27018);

        Process bash = new ProcessBuilder("bash", "-n", "-c", script).start();
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bash.exitValue()).isZero();
        assertThat(script.split("enableTestCommands=1", -1)).hasSize(3);
        assertThat(script).contains("--port 27017 ", "--port 27018 ", "--replSet rs0");
    }

    @Test
    void configuration_namesAllMembersAsClientsReachThem() {
        assertThat(MongoReplicaSet.initiation(27017, 27018))
                .isEqualTo("rs.initiate({_id: 'rs0', members: [{_id: 0, host: '127.0.0.1:27017'},"
                        + " {_id: 1, host: '127.0.0.1:27018'}], settings: {electionTimeoutMillis: 2000}})");
    }

    @Test
    void version_isThatOfTheImage() {
        assertThat(MongoReplicaSet.version()).isEqualTo("8.0");
    }
}
