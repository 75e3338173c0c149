/**
 * The page: a small HTTP server on the loopback interface, who may use it, what it sends.
 *
 * <p>Runs in the program that opened a monitor, on daemon threads whose names begin with {@code
 * procession-monitor}. {@link dev.procession.monitor.page.Page} is the entry point. Nothing looks
 * at the programs while no page is open. Everything that a stranger can make grow is bounded:
 * connections and their time, lines, headers and bodies, and what is kept for a page that does not
 * read.
 */
@NullMarked
package dev.procession.monitor.page;

import org.jspecify.annotations.NullMarked;
