/** What a new user tries first. */
package dev.procession.program;
