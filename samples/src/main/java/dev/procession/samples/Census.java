package dev.procession.samples;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.ToLongFunction;

/**
 * The counts of all modules.
 *
 * @param modules the counts of each module, by name
 */
record Census(List<ModuleCount> modules) {

    /** Sorts counts that came in any order. */
    static Census of(Collection<ModuleCount> modules) {
        return new Census(
                modules.stream().sorted(Comparator.comparing(ModuleCount::module)).toList());
    }

    /** The sums of all modules, with the digest of their digests. */
    ModuleCount total() {
        MessageDigest digest = Digests.sha256();
        for (ModuleCount module : modules) {
            digest.update(module.sha256().getBytes(StandardCharsets.US_ASCII));
        }
        return new ModuleCount(
                modules.size() + " modules",
                sum(ModuleCount::classes),
                sum(ModuleCount::constants),
                sum(ModuleCount::fields),
                sum(ModuleCount::methods),
                sum(ModuleCount::bytes),
                Digests.hex(digest));
    }

    private long sum(ToLongFunction<ModuleCount> figure) {
        return modules.stream().mapToLong(figure).sum();
    }
}
