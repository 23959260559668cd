/** Refuses settings under names of an earlier release. Depends on no other package of this module. */
package io.heartline.web.settings;
