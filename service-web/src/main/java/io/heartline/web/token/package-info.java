/**
 * The verification of bearer tokens in {@code jwt} mode by Spring Security. It has the issuer's keys in memory, a cache of
 * verified tokens, and cheaper versions of Spring's header and firewall steps. It may depend on {@code security}. Nothing of it
 * is loaded in {@code open} mode.
 */
package io.heartline.web.token;
