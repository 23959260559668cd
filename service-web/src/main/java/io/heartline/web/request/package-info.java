/**
 * The query of a request: parameters with their rules, and tokens, which are removed from the URL. It may depend on
 * {@code problem}, because a malformed parameter is an error response.
 */
package io.heartline.web.request;
