package io.heartline.web;

import io.netty.channel.ChannelOption;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.security.Principal;
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

/** A service that has something to guard. */
class Guarded implements AutoCloseable {

    /** More than the kernel's buffers of both sides hold. */
    static final int LARGE_BYTES = 1024 * 1024;

    private static final int SEND_BUFFER = 32 * 1024;

    private final ConfigurableApplicationContext context;

    private Guarded(ConfigurableApplicationContext context) {
        this.context = context;
    }

    static Guarded start(String... settings) {
        return new Guarded(new SpringApplicationBuilder(Application.class)
                .properties(
                        "server.address=127.0.0.1",
                        "server.port=0",
                        "spring.security.oauth2.resourceserver.jwt.audiences=heartline",
                        "logging.level.reactor.netty.http.client.HttpClientConnect=error",
                        "management.endpoints.web.exposure.include=health,prometheus")
                .run(Stream.of(settings).map(setting -> "--" + setting).toArray(String[]::new)));
    }

    int port(String which) {
        return context.getEnvironment().getRequiredProperty("local." + which + ".port", Integer.class);
    }

    WebTestClient http() {
        return http("server");
    }

    WebTestClient http(String which) {
        return WebTestClient.bindToServer()
                .baseUrl("http://localhost:" + port(which))
                .build();
    }

    /** Clients that are connected. */
    int connections() {
        return context.getBean(ChannelGroup.class).size();
    }

    @Override
    public void close() {
        context.close();
    }

    @EnableAutoConfiguration
    @Import({Things.class, RequestIds.class, EarlyProblems.class})
    static class Application {

        @Bean
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
        Access access(SecuritySettings settings) {
            return rules -> rules.pathMatchers("/things/{authorId}")
                    .access(new AuthorAccess("things:read", settings))
                    .pathMatchers("/write")
                    .access(Scope.anyOf("things:write"));
        }
    }

    @RestController
    static class Things {

        @GetMapping("/things/{authorId}")
        String of(@PathVariable String authorId) {
            return "the things of " + authorId;
        }

        @GetMapping("/write")
        String write(Principal who) {
            return "written by " + who.getName();
        }

        @GetMapping("/client")
        String client(ServerHttpRequest request) {
            return CallerAddress.of(request.getRemoteAddress()) + " asks " + request.getURI();
        }

        @GetMapping("/large")
        String large() {
            return "x".repeat(LARGE_BYTES);
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
            return "what no rule names";
        }
    }
}
