/**
 * The command line that all services share: help, version, and one line about a start that has failed. It depends on no other
 * package of this module.
 */
package io.heartline.web.command;
