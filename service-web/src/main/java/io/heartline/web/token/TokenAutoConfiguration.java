package io.heartline.web.token;

import io.heartline.web.security.AccessRules;
import io.heartline.web.security.AuthErrorHandler;
import io.heartline.web.security.SecuritySettings;
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

/** Checks tokens of RFC 6750 and RFC 9068 by Spring Security. {@link AccessRules} of the service define what each scope permits. */
@AutoConfiguration(before = ReactiveOAuth2ResourceServerAutoConfiguration.class)
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
@ConditionalOnProperty(name = "heartline.security.mode", havingValue = "jwt")
@EnableWebFluxSecurity
class TokenAutoConfiguration {

    @Bean
    SecurityWebFilterChain tokenFilterChain(
            ServerHttpSecurity http,
            AccessRules access,
            ObjectProvider<ServerAuthenticationConverter> tokenConverter,
            VerifiedTokens tokens,
            Environment environment) {
        AuthErrorHandler errorHandler = new AuthErrorHandler();
        return http
                // browsers add no credentials to a request by themselves, so there is nothing to forge
                .csrf(CsrfSpec::disable)
                .httpBasic(HttpBasicSpec::disable)
                .formLogin(FormLoginSpec::disable)
                .logout(LogoutSpec::disable)
                .requestCache(RequestCacheSpec::disable)
                .headers(HeaderSpec::disable)
                .addFilterAt(
                        new HttpHeaderWriterWebFilter(new SecurityHeaders()),
                        SecurityWebFiltersOrder.HTTP_HEADERS_WRITER)
                .securityContextRepository(NoOpServerSecurityContextRepository.getInstance())
                .exceptionHandling(handling ->
                        handling.authenticationEntryPoint(errorHandler).accessDeniedHandler(errorHandler))
                .oauth2ResourceServer(server -> server.jwt(token -> token.authenticationManager(tokens))
                        .bearerTokenConverter(tokenConverter.getIfAvailable(BearerHeader::new))
                        .authenticationEntryPoint(errorHandler)
                        .accessDeniedHandler(errorHandler)
                        .authenticationFailureHandler(
                                (exchange, e) -> errorHandler.commence(exchange.getExchange(), e)))
                .authorizeExchange(rules -> {
                    // on a port of its own the actuator is open to every client that reaches the port
                    rules.pathMatchers(hasManagementPort(environment) ? "/actuator/**" : "/actuator/health/**")
                            .permitAll();
                    access.declare(rules);
                    rules.anyExchange().denyAll();
                })
                .build();
    }

    /** A service also checks tokens by it that arrive in messages. */
    @Bean
    VerifiedTokens verifiedTokens(
            ReactiveJwtDecoder decoder,
            JwtTimestampValidator timestampValidator,
            ObjectProvider<IssuerKeys> keys,
            SecuritySettings settings) {
        IssuerKeys published = keys.getIfAvailable(); // a public key in a file stays the same
        return new VerifiedTokens(
                decoder,
                timestampValidator,
                published == null ? () -> 0 : published::generation,
                settings.authorClaim());
    }

    private static boolean hasManagementPort(Environment environment) {
        return ManagementPortType.get(environment) == ManagementPortType.DIFFERENT;
    }

    /** Returns only the status of the service if its health needs no token. */
    @Bean
    HealthEndpointGroupsPostProcessor statusOnlyHealth(Environment environment) {
        return groups -> hasManagementPort(environment) ? groups : new StatusOnlyHealth(groups);
    }

    @Bean
    ServerExchangeRejectedHandler malformedRequestHandler() {
        return new AuthErrorHandler();
    }

    @Bean
    ServerWebExchangeFirewall firewall() {
        return new FastPathFirewall();
    }

    /** Spring Security would time each of its filters for each request. */
    @Bean
    SecurityObservationSettings noObservations() {
        return SecurityObservationSettings.noObservations();
    }

    @Bean
    JwtTimestampValidator timestampValidator(SecuritySettings settings) {
        JwtTimestampValidator timestampValidator = new JwtTimestampValidator(settings.clockSkew());
        timestampValidator.setAllowEmptyExpiryClaim(false); // such a token would never expire
        return timestampValidator;
    }

    @Bean
    JwtTypeValidator typeValidator() {
        JwtTypeValidator type = new JwtTypeValidator("JWT", "at+jwt", "application/at+jwt");
        type.setAllowEmpty(true);
        return type;
    }

    /** Requires a subject, because event ids and limits depend on it. */
    @Bean
    JwtClaimValidator<String> subjectValidator() {
        return new JwtClaimValidator<>(JwtClaimNames.SUB, subject -> subject != null && !subject.isBlank());
    }

    /** Refuses a token that is bound to a key or certificate of its holder (RFC 7800), because the binding is not checked. */
    @Bean
    OAuth2TokenValidator<Jwt> unboundTokenValidator() {
        OAuth2Error boundTokenError = new OAuth2Error(
                OAuth2ErrorCodes.INVALID_TOKEN,
                "The token is bound to its holder (cnf), which is not checked here",
                null);
        return token -> token.hasClaim("cnf")
                ? OAuth2TokenValidatorResult.failure(boundTokenError)
                : OAuth2TokenValidatorResult.success();
    }

    /** Replaces the decoder of Spring Boot if the issuer publishes keys. Spring Boot handles a public key in a file. */
    @Configuration(proxyBeanMethods = false)
    @EnableConfigurationProperties(IssuerSettings.class)
    @ConditionalOnExpression("'${spring.security.oauth2.resourceserver.jwt.public-key-location:}' == ''")
    static class PublishedKeysConfiguration {

        @Bean
        IssuerKeys issuerKeys(OAuth2ResourceServerProperties properties, IssuerSettings settings) {
            OAuth2ResourceServerProperties.Jwt jwt = properties.getJwt();
            JwkSetClient published = StringUtils.hasText(jwt.getJwkSetUri())
                    ? JwkSetClient.forJwkSetUri(jwt.getJwkSetUri(), settings.timeout())
                    : JwkSetClient.forIssuer(jwt.getIssuerUri(), settings.timeout());
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
            // Spring's exception for unavailable keys would be handled as a defect
            return token -> decoder.decode(token)
                    .onErrorMap(IllegalStateException.class, e -> new JwtException(e.getMessage(), e));
        }
    }
}
