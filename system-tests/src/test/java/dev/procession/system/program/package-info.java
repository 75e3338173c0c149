/** Code that runs in other processes: main classes, and the tasks of children and workers. */
@NullMarked
package dev.procession.system.program;

import org.jspecify.annotations.NullMarked;
