/** Shows what runs, where it hangs and who holds a lock: a page and a command. */
@NullMarked
package dev.procession.monitor;

import org.jspecify.annotations.NullMarked;
