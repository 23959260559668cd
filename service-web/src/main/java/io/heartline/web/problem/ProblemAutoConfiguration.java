package io.heartline.web.problem;

import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import tools.jackson.databind.json.JsonMapper;

/** The errors and request ids of a service. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
class ProblemAutoConfiguration {

    @Bean
    RequestIds requestIds(ObjectProvider<UnreadableRequestBody> unreadableRequestBody) {
        return new RequestIds(unreadableRequestBody.getIfAvailable());
    }

    @Bean
    ProblemHandler problemHandler(JsonMapper json, ObjectProvider<ProblemCustomizer> customizers) {
        return new ProblemHandler(json, customizers.orderedStream().toList());
    }
}
