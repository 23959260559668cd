package io.heartline.web.settings;

import java.util.Map;
import java.util.TreeMap;
import org.springframework.boot.EnvironmentPostProcessor;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertySources;
import org.springframework.core.Ordered;
import org.springframework.core.env.ConfigurableEnvironment;

/**
 * Stops the start of a service that has a setting under a name of an earlier release. Spring would ignore it, and the service would
 * run with the default: without TLS to Kafka, for example. An operator may set both names, so that either release starts. The pairs
 * are those of docs/upgrading.md.
 */
final class RenamedSettings implements EnvironmentPostProcessor, Ordered {

    /** The only old name that is a prefix. A map would also find new names, such as STALL_TIMEOUT below STALL. */
    private static final String KAFKA = "heartline.reports.kafka";

    /** Part of the name of the property source with the settings in a service's jar. */
    private static final String DEFAULTS = "class path resource";

    /** Old name to new name. */
    static final Map<String, String> RENAMED = Map.ofEntries(
            Map.entry("heartline.producer.look-interval", "heartline.producer.topic-check-interval"),
            Map.entry("heartline.producer.streams.most", "heartline.producer.streams.max-concurrent"),
            Map.entry("heartline.producer.streams.stall", "heartline.producer.streams.stall-timeout"),
            Map.entry("heartline.gateway.ring.prime", "heartline.gateway.ring.preload-records"),
            Map.entry("heartline.gateway.fold-behind", "heartline.gateway.digest-threshold"),
            Map.entry("heartline.gateway.stall", "heartline.gateway.stall-timeout"),
            Map.entry("heartline.gateway.linger", "heartline.gateway.close-timeout"),
            Map.entry("heartline.gateway.replay.patience", "heartline.gateway.replay.timeout"),
            Map.entry("heartline.reports.stall", "heartline.reports.stall-timeout"),
            Map.entry("heartline.reports.watch", "heartline.reports.queue-poll-interval"),
            Map.entry("heartline.reports.chunk", "heartline.reports.chunk-size"),
            Map.entry("heartline.reports.keep-runs", "heartline.reports.run-retention"),
            Map.entry("heartline.reports.read.poll", "heartline.reports.read.poll-interval"),
            Map.entry("heartline.reports.read.stall", "heartline.reports.read.stall-timeout"),
            Map.entry("heartline.reports.kafka", "spring.kafka.bootstrap-servers"),
            Map.entry("heartline.reports.kafka-ssl-bundle", "spring.kafka.ssl.bundle"));

    /** After the files, the environment and the arguments were read. */
    @Override
    public int getOrder() {
        return Ordered.LOWEST_PRECEDENCE;
    }

    @Override
    public void postProcessEnvironment(ConfigurableEnvironment environment, SpringApplication application) {
        Binder all = Binder.get(environment);
        Binder fromOperator = new Binder(ConfigurationPropertySources.from(environment.getPropertySources().stream()
                .filter(source -> !source.getName().contains(DEFAULTS)
                        && !ConfigurationPropertySources.isAttachedConfigurationPropertySource(source))
                .toList()));
        Map<String, String> found = new TreeMap<>(RENAMED);
        found.entrySet().removeIf(setting -> !isSet(all, setting.getKey()) || isSet(fromOperator, setting.getValue()));
        if (!found.isEmpty()) {
            throw new RenamedSettingsException(found);
        }
    }

    /** Returns whether the setting has a value. The form in the environment counts, too. */
    private static boolean isSet(Binder binder, String name) {
        return name.equals(KAFKA)
                ? binder.bind(name, Bindable.mapOf(String.class, Object.class)).isBound()
                : binder.bind(name, String.class).isBound();
    }
}
