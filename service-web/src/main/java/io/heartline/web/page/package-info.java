/**
 * Pages for people: files that are served from memory, and the security headers of a page. It depends on no other package of this
 * module.
 */
package io.heartline.web.page;
