package io.heartline.reports.mongo;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.mongodb.ConnectionString;
import com.mongodb.MongoClientSettings;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MongoTimeoutsTest {

    private static final MongoSettings SETTINGS = new MongoSettings(Duration.ofSeconds(60), Duration.ofSeconds(8));

    @Test
    void uriWithAnotherTimeout_operationsHaveTheTimeoutOfTheSettings() {
        for (String options : new String[] {"", "?timeoutMS=0", "?timeoutMS=500", "?socketTimeoutMS=0"}) {
            assertThat(client(options).getTimeout(MILLISECONDS)).as(options).isEqualTo(60_000);
        }
    }

    @Test
    void serverSelectionAndIdleTime_areTakenFromTheUri_ifSet() {
        MongoClientSettings open = client("");
        MongoClientSettings given = client("?serverSelectionTimeoutMS=12000&maxIdleTimeMS=30000");

        assertThat(open.getClusterSettings().getServerSelectionTimeout(MILLISECONDS))
                .isEqualTo(5_000);
        assertThat(open.getConnectionPoolSettings().getMaxConnectionIdleTime(MILLISECONDS))
                .isEqualTo(120_000);
        assertThat(given.getClusterSettings().getServerSelectionTimeout(MILLISECONDS))
                .isEqualTo(12_000);
        assertThat(given.getConnectionPoolSettings().getMaxConnectionIdleTime(MILLISECONDS))
                .isEqualTo(30_000);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PT0S", "PT-1S", "PT0.099S", "PT60.001S"})
    void timeoutOutOfRange_isRefused(Duration timeout) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MongoSettings(timeout, Duration.ofSeconds(8)))
                .withMessageContaining("heartline.reports.mongo.timeout");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new MongoSettings(Duration.ofSeconds(8), timeout))
                .withMessageContaining("heartline.reports.mongo.read-timeout");
    }

    private static MongoClientSettings client(String options) {
        ConnectionString uri = new ConnectionString("mongodb://db/heartline" + options);
        MongoClientSettings.Builder client = MongoClientSettings.builder().applyConnectionString(uri);
        MongoConfiguration.timeouts(client, SETTINGS, uri);
        return client.build();
    }
}
