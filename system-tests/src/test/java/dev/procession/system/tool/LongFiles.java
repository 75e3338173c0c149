package dev.procession.system.tool;

import com.google.common.collect.ImmutableList;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Long main sources whose class comment does not give the reason. */
public final class LongFiles {

    /** The most lines that a file may have without a reason. */
    public static final int MOST_LINES = 500;

    private static final String REASON = "This file is long because";
    private static final Pattern DECLARATION =
            Pattern.compile(
                    "^(?:[a-z-]+ )*(?:class|interface|record|enum|@interface|object) ",
                    Pattern.MULTILINE);

    private LongFiles() {}

    /** Looks at the main sources of all modules below a directory; {@code target} is no source. */
    public static ImmutableList<String> withoutReason(Path root) throws IOException {
        ImmutableList.Builder<String> result = ImmutableList.builder();
        Files.walkFileTree(
                root,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path directory, BasicFileAttributes attributes) {
                        String name = String.valueOf(directory.getFileName());
                        boolean isSource = !name.equals("target") && !name.equals(".git");
                        return isSource ? FileVisitResult.CONTINUE : FileVisitResult.SKIP_SUBTREE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (isMainSource(root.relativize(file)) && !hasReason(file)) {
                            result.add(root.relativize(file).toString());
                        }
                        return FileVisitResult.CONTINUE;
                    }
                });
        return result.build();
    }

    private static boolean isMainSource(Path file) {
        String name = "/" + file;
        return name.contains("/src/main/") && (name.endsWith(".java") || name.endsWith(".kt"));
    }

    private static boolean hasReason(Path file) {
        try {
            String text = Files.readString(file);
            Matcher declaration = DECLARATION.matcher(text);
            String comment = declaration.find() ? text.substring(0, declaration.start()) : "";
            // The sentence may go over the end of a line of the comment.
            return text.lines().count() <= MOST_LINES
                    || comment.replaceAll("\\s+(?:\\* )?", " ").contains(REASON);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
