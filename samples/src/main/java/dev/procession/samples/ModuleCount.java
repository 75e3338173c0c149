package dev.procession.samples;

import java.io.Serializable;

/**
 * The counts of the class files of one module of the JDK, or of all modules.
 *
 * @param module the name of the module
 * @param classes the number of class files
 * @param constants the sum of the sizes of their constant pools
 * @param fields the number of fields they declare
 * @param methods the number of methods they declare
 * @param bytes the sum of their lengths
 * @param sha256 the digest of their bytes, in hexadecimal
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
