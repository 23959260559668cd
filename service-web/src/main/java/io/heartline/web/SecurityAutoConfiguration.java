package io.heartline.web;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.core.env.Environment;

/** For every service that has this module, so that none can be open without being asked whether it may. */
@AutoConfiguration
@EnableConfigurationProperties(SecuritySettings.class)
class SecurityAutoConfiguration {

    /** Before the first bean is made, and so before anything listens, or Kafka or MongoDB hear of us. */
    @Bean
    @ConditionalOnWebApplication // the batch's commands listen nowhere
    static BeanFactoryPostProcessor openMode(Environment environment) {
        return beans -> OpenMode.check(environment);
    }
}
