package io.heartline.web;

import java.util.ArrayList;
import java.util.List;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.actuate.autoconfigure.web.server.ManagementPortType;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnExpression;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.actuate.endpoint.HealthEndpointGroupsPostProcessor;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.OAuth2ResourceServerProperties;
import org.springframework.boot.security.oauth2.server.resource.autoconfigure.reactive.ReactiveOAuth2ResourceServerAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.Environment;
import org.springframework.security.config.annotation.web.reactive.EnableWebFluxSecurity;
import org.springframework.security.config.observation.SecurityObservationSettings;
import org.springframework.security.config.web.server.SecurityWebFiltersOrder;
import org.springframework.security.config.web.server.ServerHttpSecurity;
import org.springframework.security.config.web.server.ServerHttpSecurity.CsrfSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.FormLoginSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.HeaderSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.HttpBasicSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.LogoutSpec;
import org.springframework.security.config.web.server.ServerHttpSecurity.RequestCacheSpec;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtClaimNames;
import org.springframework.security.oauth2.jwt.JwtClaimValidator;
import org.springframework.security.oauth2.jwt.JwtException;
import org.springframework.security.oauth2.jwt.JwtIssuerValidator;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtTypeValidator;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusReactiveJwtDecoder;
import org.springframework.security.oauth2.jwt.ReactiveJwtDecoder;
import org.springframework.security.web.server.SecurityWebFilterChain;
import org.springframework.security.web.server.authentication.ServerAuthenticationConverter;
import org.springframework.security.web.server.context.NoOpServerSecurityContextRepository;
import org.springframework.security.web.server.firewall.ServerExchangeRejectedHandler;
import org.springframework.security.web.server.firewall.ServerWebExchangeFirewall;
import org.springframework.security.web.server.header.HttpHeaderWriterWebFilter;
import org.springframework.util.StringUtils;

/** Tokens as RFC 6750 and RFC 9068 have them, checked by Spring Security. What each scope opens, the services say: {@link Access}. */
@AutoConfiguration(before = ReactiveOAuth2ResourceServerAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnProperty(name = "heartline.security.mode", havingValue = "jwt")
@EnableWebFluxSecurity
class TokenAutoConfiguration {

    @Bean
    SecurityWebFilterChain tokens(
            ServerHttpSecurity http,
            Access access,
            ObjectProvider<ServerAuthenticationConverter> where,
            ReactiveJwtDecoder decoder,
            JwtTimestampValidator times,
            ObjectProvider<IssuerKeys> keys,
            SecuritySettings settings,
            Environment environment) {
        Refusals refusals = new Refusals();
        IssuerKeys published = keys.getIfAvailable(); // a public key in a file stays the same
        VerifiedTokens tokens = new VerifiedTokens(
                decoder, times, published == null ? () -> 0 : published::generation, settings.authorClaim());
        return http
                // nothing here is sent along by a browser of its own accord, so there is nothing to forge
                .csrf(CsrfSpec::disable)
                .httpBasic(HttpBasicSpec::disable)
                .formLogin(FormLoginSpec::disable)
                .logout(LogoutSpec::disable)
                .requestCache(RequestCacheSpec::disable)
                .headers(HeaderSpec::disable)
                .addFilterAt(
                        new HttpHeaderWriterWebFilter(new SafeHeaders()), SecurityWebFiltersOrder.HTTP_HEADERS_WRITER)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .exceptionHandling(on -> on.authenticationEntryPoint(refusals).accessDeniedHandler(refusals))
                .oauth2ResourceServer(server -> server.jwt(token -> token.authenticationManager(tokens))
                        .bearerTokenConverter(where.getIfAvailable(BearerHeader::new))
                        .authenticationEntryPoint(refusals)
                        .accessDeniedHandler(refusals)
                        .authenticationFailureHandler((exchange, e) -> refusals.commence(exchange.getExchange(), e)))
                .authorizeExchange(rules -> {
                    // on a port of its own the actuator is for those who reach that port
                    rules.pathMatchers(hasActuatorItsPort(environment) ? "/actuator/**" : "/actuator/health/**")
                            .permitAll();
                    access.declare(rules);
                    rules.anyExchange().denyAll();
                })
                .build();
    }

    private static boolean hasActuatorItsPort(Environment environment) {
        return ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
    }

    /** Where everybody may ask how the service is, only that is said. */
    @Bean
    HealthEndpointGroupsPostProcessor health(Environment environment) {
        return groups -> hasActuatorItsPort(environment) ? groups : new StatusOnly(groups);
    }

    @Bean
    ServerExchangeRejectedHandler malformedRequests() {
        return new Refusals();
    }

    @Bean
    ServerWebExchangeFirewall firewall() {
        return new PlainRequests();
    }

    /** Spring Security would time each of its filters for each request. */
    @Bean
    SecurityObservationSettings noObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    JwtTimestampValidator times(SecuritySettings settings) {
        JwtTimestampValidator times = new JwtTimestampValidator(settings.clockSkew());
        times.setAllowEmptyExpiryClaim(false); // or it would be good for ever
        return times;
    }

    @Bean
    JwtTypeValidator type() {
        JwtTypeValidator type = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
        type.setAllowEmpty(true);
        return type;
    }

    /** Events are named after who sends them, and limits are for each. */
    @Bean
    JwtClaimValidator<String> subject() {
        return new JwtClaimValidator<>(JwtClaimNames.SUB, subject -> subject != null && !subject.isBlank());
    }

    /** Refuses a token that is bound to a key or certificate of its holder (RFC 7800), because the binding is not checked. */
    @Bean
    OAuth2TokenValidator<Jwt> confirmation() {
        OAuth2Error bound = new OAuth2Error(
                OAuth2ErrorCodes.INVALID_TOKEN,
                "The token is bound to its holder (cnf), which is not checked here",
                null);
        return token -> token.hasClaim("cnf")
                ? OAuth2TokenValidatorResult.failure(bound)
                : OAuth2TokenValidatorResult.success();
    }

    /** Takes the place of Spring Boot's for keys that are published; a public key in a file is left to that. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(IssuerSettings.class)
    @ConditionalOnExpression("'${spring.security.oauth2.resourceserver.jwt.public-key-location:}' == ''")
    static class Published {

        @Bean
        IssuerKeys issuerKeys(OAuth2ResourceServerProperties properties, IssuerSettings settings) {
            OAuth2ResourceServerProperties.Jwt jwt = properties.getJwt();
            PublishedKeys published = StringUtils.hasText(jwt.getJwkSetUri())
                    ? PublishedKeys.at(jwt.getJwkSetUri(), settings.timeout())
                    : PublishedKeys.of(jwt.getIssuerUri(), settings.timeout());
            return new IssuerKeys(published, settings);
        }

        @Bean
        ReactiveJwtDecoder decoder(
                IssuerKeys keys,
                OAuth2ResourceServerProperties properties,
                List<OAuth2TokenValidator<Jwt>> validators) {
            OAuth2ResourceServerProperties.Jwt jwt = properties.getJwt();
            List<OAuth2TokenValidator<Jwt>> all = new ArrayList<>(validators);
            all.add(new JwtClaimValidator<List<String>>(
                    JwtClaimNames.AUD,
                    claim -> claim != null && claim.stream().anyMatch(jwt.getAudiences()::contains)));
            if (jwt.getIssuerUri() != null) {
                all.add(new JwtIssuerValidator(jwt.getIssuerUri()));
            }
            NimbusReactiveJwtDecoder decoder = NimbusReactiveJwtDecoder.withJwkSource(keys)
                    .jwsAlgorithm(SignatureAlgorithm.from(jwt.getJwsAlgorithms().get(0)))
                    .build();
            decoder.setJwtValidator(JwtValidators.createDefaultWithValidators(all));
            // what Spring makes of keys that cannot be had would be taken for a defect
            return token -> decoder.decode(token)
                    .onErrorMap(IllegalStateException.class, e -> new JwtException(e.getMessage(), e));
        }
    }
}
