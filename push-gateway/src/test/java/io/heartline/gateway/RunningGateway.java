package io.heartline.gateway;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/** A gateway in this JVM, on a topic or with settings that {@link GatewayIT} does not have. */
public final class RunningGateway extends GatewayClient implements AutoCloseable {

    private final ConfigurableApplicationContext context;

    /**
     * Starts a gateway and returns after it is ready.
     *
     * @param likes the topic to read
     * @param settings properties such as {@code heartline.gateway.topic-check=500ms}
     */
    public RunningGateway(TestTopic likes, String... settings) {
        List<String> arguments = new ArrayList<>(List.of(
                "--spring.config.name=push-gateway",
                "--server.port=0",
                "--spring.kafka.bootstrap-servers=" + likes.bootstrapServers,
                "--heartline.gateway.topic=" + likes.log.topic()));
        for (String setting : settings) {
            arguments.add("--" + setting);
        }
        context = new SpringApplicationBuilder(PushGatewayApplication.class).run(arguments.toArray(String[]::new));
        port = context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
        await().atMost(Duration.ofSeconds(60)).until(this::isReady);
    }

    @Override
    public void close() {
        context.close();
    }
}
