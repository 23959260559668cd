package io.heartline.gateway;

import static org.awaitility.Awaitility.await;

import io.heartline.events.Position;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.SpringBootTest.WebEnvironment;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.boot.test.web.server.LocalServerPort;
import org.springframework.boot.webtestclient.autoconfigure.AutoConfigureWebTestClient;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.test.context.ContextConfiguration;
import org.springframework.test.web.reactive.server.WebTestClient;

/** A gateway in this JVM on a topic of its own, and an author for each test. */
@SpringBootTest(webEnvironment = WebEnvironment.RANDOM_PORT, properties = "spring.config.name=push-gateway")
@AutoConfigureWebTestClient(timeout = "30s")
@ContextConfiguration(classes = PushGatewayApplication.class, initializers = GatewayIT.OwnTopic.class)
public abstract class GatewayIT {

    /** A partition without {@link #author}. Only tests that ask for it have an author here, so they can delete its records. */
    public static final int SPARE_PARTITION = 3;

    /** The port of the gateway. */
    @LocalServerPort
    public int port;

    /** A client of the gateway. */
    @Autowired
    public WebTestClient http;

    /** The metrics of the gateway. */
    @Autowired
    public MeterRegistry registry;

    /** The topic of the test class. */
    @Autowired
    public TestTopic likes;

    /** The author of the test. */
    public String author;

    /** The number of the author's partition. */
    public int partition;

    /** The position before the first record of the author's partition. */
    public String start;
    /** The path of the author's likes. */
    public String path;

    /** Sets the topic before any bean exists, because the web server's settings are read first. */
    static final class OwnTopic implements ApplicationContextInitializer<ConfigurableApplicationContext> {

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestTopic likes = TestTopic.unique();
            TestPropertyValues.of(
                            "spring.kafka.bootstrap-servers=" + likes.bootstrapServers,
                            "heartline.gateway.topic=" + likes.log.topic())
                    .applyTo(context);
            context.getBeanFactory().registerSingleton("likesOnTopic", likes);
            context.addApplicationListener(event -> {
                if (event instanceof ContextClosedEvent) {
                    likes.close();
                }
            });
        }
    }

    @BeforeEach
    void gatewayIsReady() {
        author = likes.author(ThreadLocalRandom.current().nextInt(SPARE_PARTITION));
        partition = likes.log.partitionOf(author);
        start = new Position(likes.log.epoch(), partition, Position.BEFORE_FIRST).toString();
        path = "/v1/authors/" + author + "/likes";
        await().pollDelay(Duration.ZERO).atMost(Duration.ofSeconds(30)).untilAsserted(() -> http.get()
                .uri("/actuator/health/readiness")
                .exchange()
                .expectStatus()
                .isOk());
    }
}
