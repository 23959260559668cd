/**
 * Access to a service: the modes {@code open} and {@code jwt}, the rules by scope and author, and the checks of {@code Host} and
 * {@code Origin}. The settings are checked before the service listens. It may depend on {@code problem}. The package {@code token}
 * verifies tokens.
 */
package io.heartline.web.security;
