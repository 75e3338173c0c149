/**
 * Code that runs in the JVM of the tests: storms, their counts, and a client that attacks a server.
 */
@NullMarked
package dev.procession.system.tool;

import org.jspecify.annotations.NullMarked;
