package io.heartline.web;

import io.heartline.web.limit.CallerAddress;
import io.heartline.web.security.AccessRules;
import io.heartline.web.security.AuthorAccess;
import io.heartline.web.security.ScopeRule;
import io.heartline.web.security.SecuritySettings;
import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.security.Principal;
import java.util.Base64;
import java.util.Random;
import java.util.stream.Stream;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.reactor.netty.NettyReactiveWebServerFactory;
import org.springframework.boot.web.server.WebServerFactoryCustomizer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.test.web.reactive.server.WebTestClient;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A service with resources that need a token. It has the auto-configuration of the web module and nothing else. */
public class TestService implements AutoCloseable {

    /** Size of the answer to {@code /large} in bytes, which exceeds the socket buffers of both sides. */
    public static final int LARGE_BYTES = 1024 * 1024;

    private static final int SEND_BUFFER = 32 * 1024;

    private final ConfigurableApplicationContext context;

    private TestService(ConfigurableApplicationContext context) {
        this.context = context;
    }

    /**
     * Starts a service on free ports of loopback.
     *
     * @param settings settings as {@code key=value}
     * @return the running service
     */
    public static TestService start(String... settings) {
        return new TestService(new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "spring.security.oauth2.resourceserver.jwt.audiences=heartline",
                        "logging.level.reactor.netty.http.client.HttpClientConnect=error",
                        "management.endpoints.web.exposure.include=health,prometheus")
                .run(Stream.of(settings).map(setting -> "--" + setting).toArray(String[]::new)));
    }

    /**
     * Returns a port of the service.
     *
     * @param which {@code server} or {@code management}
     * @return the port, on loopback
     */
    public int port(String which) {
        return context.getEnvironment().getRequiredProperty("local." + which + ".port", Integer.class);
    }

    /**
     * Returns a client of the main port.
     *
     * @return a new client
     */
    public WebTestClient http() {
        return http("server");
    }

    /**
     * Returns a client of a port.
     *
     * @param which {@code server} or {@code management}
     * @return a new client
     */
    public WebTestClient http(String which) {
        return WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + port(which))
                .build();
    }

    /**
     * Returns how many connections clients have open to the main port.
     *
     * @return the number of connections
     */
    public int openConnections() {
        return context.getBean(ChannelGroup.class).size();
    }

    @Override
    public void close() {
        context.close();
    }

    @EnableAutoConfiguration
    @Import(ThingsController.class)
    static class Application {

        /** Not closed with the context, which would wait for threads that have ended. The server closes its connections. */
        @Bean(destroyMethod = "")
        ChannelGroup connections() {
            return new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
        }

        @Bean
        WebServerFactoryCustomizer<NettyReactiveWebServerFactory> sockets(ChannelGroup connections) {
            return factory ->
                    factory.addServerCustomizers(server -> server.childOption(ChannelOption.SO_SNDBUF, SEND_BUFFER)
                            .doOnConnection(connection -> connections.add(connection.channel())));
        }

        @Bean
        AccessRules access(SecuritySettings settings) {
            return rules -> rules.pathMatchers("/things/{authorId}")
                    .access(new AuthorAccess("things:read", settings))
                    .pathMatchers("/write")
                    .access(ScopeRule.anyOf("things:write"));
        }
    }

    @RestController
    static class ThingsController {

        @GetMapping("/things/{authorId}")
        String of(@PathVariable String authorId) {
            return "the things of " + authorId;
        }

        @GetMapping("/write")
        String write(Principal caller) {
            return "written by " + caller.getName();
        }

        @GetMapping("/client")
        String client(ServerHttpRequest request) {
            return CallerAddress.of(request.getRemoteAddress()) + " asks " + request.getURI();
        }

        @GetMapping("/large")
        String large() {
            return "x".repeat(LARGE_BYTES);
        }

        /** Text that gzip shrinks by a quarter only. */
        @GetMapping("/noise")
        String noise() {
            byte[] noise = new byte[LARGE_BYTES];
            new Random(1).nextBytes(noise);
            return Base64.getEncoder().encodeToString(noise);
        }

        @GetMapping("/broken-off")
        Flux<DataBuffer> brokenOff(ServerHttpResponse response) {
            return Flux.concat(
                    Mono.just(response.bufferFactory().wrap(new byte[] {'x'})),
                    Mono.error(new IllegalStateException("the test's defect")));
        }

        @GetMapping("/defect")
        String defect() {
            throw new IllegalStateException("the test's defect");
        }

        @GetMapping("/forgotten")
        String forgotten() {
            return "a path without a rule";
        }
    }
}
