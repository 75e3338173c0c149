package dev.procession.samples;

import java.io.Serializable;

/**
 * What there is in the class files of one module of the JDK, or of all of them.
 *
 * @param module the name of the module
 * @param classes the class files
 * @param constants the sizes of their constant pools
 * @param fields the fields they declare
 * @param methods the methods they declare
 * @param bytes their length
 * @param sha256 the digest of what was read, in hexadecimal
 */
record ModuleCount(
        String module,
        long classes,
        long constants,
        long fields,
        long methods,
        long bytes,
        String sha256)
        implements Serializable {}
