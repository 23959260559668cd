package io.heartline.quickstart;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.http.client.ReactorResourceFactory;

/** One of the three services, in its own context. It can be started and stopped while the others run. */
final class EmbeddedService implements AutoCloseable {

    private final Class<?> application;
    private final Map<String, Object> settings = new LinkedHashMap<>();
    private ConfigurableApplicationContext context;

    /** Creates a service that uses all auto-configurations. */
    EmbeddedService(String name, Class<?> application, int port) {
        this(name, application, port, null);
    }

    /**
     * @param name the name of the service's YAML file, without its extension
     * @param port the HTTP port; 0 for any free port
     * @param excluded packages of Spring Boot's auto-configurations that the service does not use, separated by commas;
     *     null if it uses all
     */
    EmbeddedService(String name, Class<?> application, int port, @Nullable String excluded) {
        this.application = application;
        set("spring.config.name", name);
        set("server.address", "127.0.0.1");
        set("server.port", port);
        if (excluded != null) {
            set(LibraryAutoConfigurationFilter.EXCLUDED, excluded);
        }
        set("spring.main.log-startup-info", false);
        set("management.metrics.use-global-registry", false);
    }

    EmbeddedService set(String key, Object value) {
        settings.put(key, value);
        return this;
    }

    EmbeddedService start() {
        // command-line arguments override environment variables, which may be set for another process
        String[] arguments = settings.entrySet().stream()
                .map(setting -> "--" + setting.getKey() + "=" + setting.getValue())
                .toArray(String[]::new);
        context = new SpringApplicationBuilder(application)
                .registerShutdownHook(false)
                .initializers(applicationContext -> ((GenericApplicationContext) applicationContext)
                        .registerBean(ReactorResourceFactory.class, EmbeddedService::ownEventLoops))
                .run(arguments);
        set("server.port", port()); // a restart keeps the port
        return this;
    }

    /** Returns event loops that only this context uses. Shared event loops would stop when the first context is closed. */
    private static ReactorResourceFactory ownEventLoops() {
        ReactorResourceFactory resources = new ReactorResourceFactory();
        resources.setUseGlobalResources(false);
        resources.setShutdownQuietPeriod(Duration.ZERO);
        return resources;
    }

    ConfigurableApplicationContext context() {
        return context;
    }

    int port() {
        return context.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
    }

    String url() {
        return (settings.containsKey("server.ssl.bundle") ? "https" : "http") + "://localhost:" + port();
    }

    @Override
    public void close() {
        if (context != null) {
            context.close();
        }
    }
}
