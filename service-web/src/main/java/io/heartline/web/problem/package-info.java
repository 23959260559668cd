/**
 * Errors as problem details (RFC 9457), and the id of each request. One handler renders every error of a service, which throws an
 * {@link io.heartline.web.problem.ApiException}. It depends on no other package of this module.
 */
package io.heartline.web.problem;
