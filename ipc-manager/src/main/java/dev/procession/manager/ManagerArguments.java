package dev.procession.manager;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The command line of {@link ManagerMain}. */
final class ManagerArguments {

    static final String USAGE =
            "usage: ManagerMain [--sync-writes] [--max-bytes=BYTES] [--max-message-bytes=BYTES]"
                    + " [--max-connections=COUNT] [--json] DIRECTORY SECRET-FILE [STORE-FILE]";

    private static final String UNITS = "kmg";
    private static final int UNIT_BITS = 10;

    private static final Set<PosixFilePermission> OWN =
            PosixFilePermissions.fromString("rwx------");

    private ManagerArguments() {}

    /**
     * Returns a builder with the settings of a command line.
     *
     * @throws IllegalArgumentException if an argument is wrong
     * @throws IOException if the secret cannot be read
     */
    static ManagerBuilder read(String... args) throws IOException {
        ManagerBuilder builder = Manager.builder();
        List<String> places = new ArrayList<>();
        for (String arg : args) {
            if (arg.startsWith("--")) {
                set(builder, arg);
            } else {
                places.add(arg);
            }
        }
        if (places.size() < 2 || places.size() > 3) {
            throw new IllegalArgumentException("two or three paths are needed: paths=" + places);
        }
        if (places.size() == 3) {
            builder.persistTo(Path.of(places.get(2)));
        }
        return builder.address(Path.of(places.get(0)), secret(Path.of(places.get(1))));
    }

    private static void set(ManagerBuilder builder, String option) {
        int equals = option.indexOf('=');
        String name = equals < 0 ? option : option.substring(0, equals);
        String value = equals < 0 ? "" : option.substring(equals + 1);
        try {
            switch (name) {
                case "--sync-writes" -> {
                    if (equals >= 0) {
                        throw new IllegalArgumentException("it has no value");
                    }
                    builder.syncWrites(true);
                }
                case "--max-bytes" -> builder.maxBytes(bytes(value));
                case "--max-message-bytes" ->
                        builder.maxMessageBytes(Math.toIntExact(bytes(value)));
                case "--max-connections" -> builder.maxConnections(Integer.parseInt(value));
                default -> throw new IllegalArgumentException("there is no such option");
            }
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new IllegalArgumentException(
                    "wrong option: " + option + ": " + e.getMessage(), e);
        }
    }

    private static long bytes(String text) {
        String lower = text.toLowerCase(Locale.ROOT);
        int unit = lower.isEmpty() ? -1 : UNITS.indexOf(lower.charAt(lower.length() - 1));
        String digits = unit < 0 ? lower : lower.substring(0, lower.length() - 1);
        return Math.multiplyExact(Long.parseLong(digits), 1L << (UNIT_BITS * (unit + 1)));
    }

    /** Reads a secret without a line's end, which an editor adds. */
    private static byte[] secret(Path file) throws IOException {
        Set<PosixFilePermission> mode = Files.getPosixFilePermissions(file);
        if (!OWN.containsAll(mode)) {
            throw new IllegalArgumentException(
                    "others may use the file with the secret; chmod 600 it: file="
                            + file
                            + ", mode="
                            + PosixFilePermissions.toString(mode));
        }
        byte[] bytes = Files.readAllBytes(file);
        int length = bytes.length;
        if (length > 0 && bytes[length - 1] == '\n') {
            length -= length > 1 && bytes[length - 2] == '\r' ? 2 : 1;
        }
        if (length == 0) {
            throw new IllegalArgumentException("the file with the secret is empty: file=" + file);
        }
        return Arrays.copyOf(bytes, length);
    }
}
