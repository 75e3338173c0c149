/** Runs in processes of its own: main classes, and the tasks of children and workers. */
@NullMarked
package dev.procession.system.program;

import org.jspecify.annotations.NullMarked;
