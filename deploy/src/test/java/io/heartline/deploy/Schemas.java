package io.heartline.deploy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonDeserializer;
import com.google.gson.JsonElement;
import com.google.gson.JsonParseException;
import io.kubernetes.client.custom.QuantityFormatException;
import java.lang.reflect.InvocationTargetException;
import java.time.OffsetDateTime;
import java.util.Map;

/**
 * The schemas of resources. Kubernetes' own resources are checked by the classes of its Java client, which are generated from its
 * OpenAPI document. Resources of Strimzi and of the Prometheus operator are read into the classes of their Java APIs.
 */
final class Schemas {

    private static final String CLIENT = "io.kubernetes.client.openapi.models.";

    private static final Map<String, String> CUSTOM = Map.of(
            "kafka.strimzi.io/v1/Kafka", "io.strimzi.api.kafka.model.kafka.Kafka",
            "kafka.strimzi.io/v1/KafkaTopic", "io.strimzi.api.kafka.model.topic.KafkaTopic",
            "kafka.strimzi.io/v1/KafkaUser", "io.strimzi.api.kafka.model.user.KafkaUser",
            "monitoring.coreos.com/v1/PodMonitor", "io.fabric8.openshift.api.model.monitoring.v1.PodMonitor",
            "monitoring.coreos.com/v1/PrometheusRule", "io.fabric8.openshift.api.model.monitoring.v1.PrometheusRule");

    /** Unknown fields fail, also in classes that would keep them in a map. */
    private static final ObjectMapper STRICT = new ObjectMapper()
            .setAnnotationIntrospector(new JacksonAnnotationIntrospector() {
                private static final long serialVersionUID = 1;

                @Override
                public Boolean hasAnySetter(Annotated annotated) {
                    return false;
                }
            });

    private static final Gson GSON = new GsonBuilder()
            .registerTypeAdapter(OffsetDateTime.class, (JsonDeserializer<OffsetDateTime>)
                    (json, type, context) -> OffsetDateTime.parse(json.getAsString()))
            .create();

    private Schemas() {}

    /** @throws IllegalArgumentException if a field is unknown, missing, or has the wrong type */
    static void check(Resource resource) {
        String custom = CUSTOM.get(resource.apiVersion() + '/' + resource.kind());
        try {
            if (custom != null) {
                STRICT.convertValue(resource.content(), Class.forName(custom));
                return;
            }
            JsonElement json = GSON.toJsonTree(resource.content());
            Class<?> type = Class.forName(CLIENT + className(resource));
            type.getMethod("validateJsonElement", JsonElement.class).invoke(null, json);
            GSON.fromJson(json, type); // the method does not check that a number is one
        } catch (JsonParseException | QuantityFormatException e) {
            throw new IllegalArgumentException(resource + ": " + e.getMessage(), e);
        } catch (ClassNotFoundException e) {
            throw new IllegalArgumentException(resource + ": there is no " + resource.apiVersion(), e);
        } catch (InvocationTargetException e) {
            throw new IllegalArgumentException(resource + ": " + e.getCause().getMessage(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Returns for example {@code V2HorizontalPodAutoscaler} for {@code autoscaling/v2}. */
    private static String className(Resource resource) {
        String version = resource.apiVersion().replaceFirst(".*/", "");
        return Character.toUpperCase(version.charAt(0)) + version.substring(1) + resource.kind();
    }
}
