/**
 * Files that are served from memory, among them the description of the API, and the security headers of a page. It depends on no
 * other package of this module.
 */
package io.heartline.web.page;
