package io.heartline.reports;

import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;

@Configuration(proxyBeanMethods = false)
class SecurityConfiguration {

    /** Before the first bean is made, and so before anything listens or MongoDB hears of us. */
    @Bean
    @ConditionalOnWebApplication // --once and the other commands listen nowhere
    static BeanFactoryPostProcessor openMode(Environment environment) {
        return beans -> OpenMode.check(environment);
    }
}
