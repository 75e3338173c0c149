/** What a start-up archive gets of pipes, in the JVM that makes it. */
@NullMarked
package dev.procession.pipe.archive;

import org.jspecify.annotations.NullMarked;
