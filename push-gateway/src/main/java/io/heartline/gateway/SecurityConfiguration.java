package io.heartline.gateway;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    /** Before the first bean is made, and so before anything listens or Kafka hears of us. */
    @Bean
    static BeanFactoryPostProcessor openMode(Environment environment) {
        return beans -> OpenMode.check(environment);
    }
}
