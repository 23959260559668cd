package io.heartline.web;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Settings of every service's HTTP; each service's YAML documents each.
 *
 * @param requestTimeout from connecting, or the end of an answer, until a request's headers are whole, and from then on until its
 *     body is
 */
@ConfigurationProperties("heartline.web")
record WebSettings(@DefaultValue("20s") Duration requestTimeout) {}
