package io.heartline.deploy;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A resource of Kubernetes as parsed YAML. */
record Resource(Map<String, Object> content) {

    String apiVersion() {
        return (String) content.get("apiVersion");
    }

    String kind() {
        return (String) content.get("kind");
    }

    String name() {
        return text("metadata", "name");
    }

    /** Returns the value under these keys; null if a key is missing. */
    @Nullable
    Object at(String... keys) {
        return at(content, keys);
    }

    /** Returns the value under these keys of a map; null if a key is missing. */
    static @Nullable Object at(Object map, String... keys) {
        Object value = map;
        for (String key : keys) {
            value = value instanceof Map<?, ?> parent ? parent.get(key) : null;
        }
        return value;
    }

    String text(String... keys) {
        return String.valueOf(at(keys));
    }

    int number(String... keys) {
        return at(keys) instanceof Integer number ? number : 0;
    }

    /** Returns the template of the pods; null if the resource has none. */
    @Nullable
    Object podSpec() {
        return kind().equals("CronJob")
                ? at("spec", "jobTemplate", "spec", "template", "spec")
                : at("spec", "template", "spec");
    }

    /** Returns the only container of the pods. */
    Map<?, ?> container() {
        List<?> containers = (List<?>) at(podSpec(), "containers");
        if (containers == null || containers.size() != 1) {
            throw new IllegalStateException(this + " has not one container");
        }
        return (Map<?, ?>) containers.get(0);
    }

    @Override
    public String toString() {
        return kind() + '/' + name();
    }
}
