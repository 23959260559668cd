package io.heartline.web.security;

import org.springframework.security.config.web.server.ServerHttpSecurity.AuthorizeExchangeSpec;

/** What a service opens to whom. A bean of each; what it does not name is closed. Not asked in an open service. */
@FunctionalInterface
public interface AccessRules {

    void declare(AuthorizeExchangeSpec rules);
}
