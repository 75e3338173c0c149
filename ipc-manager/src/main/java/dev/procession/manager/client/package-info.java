/**
 * A client's connections to a manager's server: streams that survive a broken connection, one
 * thread at a time each, and a pipeline for the calls that nobody waits for. Knows messages, not
 * objects; nothing of Netty is loaded here.
 */
@NullMarked
package dev.procession.manager.client;

import org.jspecify.annotations.NullMarked;
