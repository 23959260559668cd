package io.heartline.quickstart.backends;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Marks tests that need MongoDB itself, for example its query plans and elections. Without {@code -Pcontainers} they are
 * skipped, and the reason is printed once for each class.
 */
@Documented
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@ExtendWith(MongoDbCondition.class)
public @interface NeedsMongoDb {}
