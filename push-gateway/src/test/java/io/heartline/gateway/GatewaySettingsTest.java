package io.heartline.gateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.heartline.gateway.transport.TransportSettings;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class GatewaySettingsTest {

    private static final String UNREAD_BUFFERS = "heartline.gateway.unread-buffers";

    @Test
    void unreadBuffers_limitTheChannels() {
        GatewaySettings settings = bind(Map.of(UNREAD_BUFFERS, "64KB"));

        TransportSettings transport = new GatewayConfiguration().transportSettings(settings);

        assertThat(transport.unreadBuffers()).isEqualTo(DataSize.ofKilobytes(64));
    }

    @Test
    void answerWithoutProgress_mayStallForBothTimeouts() {
        GatewaySettings settings =
                bind(Map.of("heartline.gateway.stall-timeout", "30s", "heartline.gateway.close-timeout", "60s"));

        TransportSettings transport = new GatewayConfiguration().transportSettings(settings);

        assertThat(transport.unreadBuffers()).isNull();
        assertThat(transport.answerStallTimeout()).isEqualTo(Duration.ofSeconds(90));
    }

    @Test
    void negativeConnectionsPerCaller_isRejected() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of("heartline.gateway.connections-per-caller", "-1")))
                .havingRootCause()
                .withMessage("heartline.gateway.connections-per-caller must not be negative");
    }

    @Test
    void noTail_isRejected() {
        assertThatExceptionOfType(BindException.class)
                .isThrownBy(() -> bind(Map.of("heartline.gateway.tails", "0")))
                .havingRootCause()
                .withMessage("heartline.gateway.tails must be at least 1");
    }

    @Test
    void tails_areTheMaximumNumberOfReadingThreads() {
        GatewaySettings settings = bind(Map.of("heartline.gateway.tails", "3"));

        assertThat(new GatewayConfiguration().tailSettings(settings).tails()).isEqualTo(3);
    }

    @Test
    void follows_areTenForEachConnection_unlessSet() {
        assertThat(bind(Map.of()).maxFollows()).isEqualTo(200_000);
        assertThat(bind(Map.of("heartline.gateway.connections", "7")).maxFollows())
                .isEqualTo(70);
        assertThat(bind(Map.of("heartline.gateway.connections", "1000000000")).maxFollows())
                .isEqualTo(Integer.MAX_VALUE);
        assertThat(bind(Map.of("heartline.gateway.follows", "5")).maxFollows()).isEqualTo(5);
    }

    private static GatewaySettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties))
                .bindOrCreate("heartline.gateway", GatewaySettings.class);
    }
}
