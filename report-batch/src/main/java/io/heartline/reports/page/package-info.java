/**
 * Serves the page, its files and the settings that its scripts need, with the content security policy. Also serves GraphiQL.
 *
 * <p>Depends on no other package of this module.
 */
package io.heartline.reports.page;
