package io.heartline.web.security;

import org.springframework.security.config.web.server.ServerHttpSecurity.AuthorizeExchangeSpec;

/** The rules that permit requests of a service, which defines one bean. A path without a rule is denied. Unused in open mode. */
@FunctionalInterface
public interface AccessRules {

    /**
     * Adds the rules of the service.
     *
     * @param rules the rules, of which the first that matches a path counts
     */
    void declare(AuthorizeExchangeSpec rules);
}
