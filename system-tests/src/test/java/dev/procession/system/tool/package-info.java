/** Runs in the JVM of the tests: storms, what they count, and a client that attacks a server. */
@NullMarked
package dev.procession.system.tool;

import org.jspecify.annotations.NullMarked;
