package dev.procession.queue;

import dev.procession.core.Codec;
import dev.procession.core.life.Session;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at the files of a queue, bells aside. */
final class TestFiles {

    private TestFiles() {}

    static List<String> of(ProcessQueue<?> queue) throws IOException {
        String handle = new String(Codec.standard().encode(queue), StandardCharsets.ISO_8859_1);
        Matcher name = Pattern.compile("/(q\\d+-\\d+)").matcher(handle);
        if (!name.find()) {
            throw new IllegalStateException("the handle has another form");
        }
        try (Stream<Path> files = Files.list(Session.current().home())) {
            return files.map(file -> file.getFileName().toString())
                    .filter(
                            file ->
                                    file.equals(name.group(1))
                                            || file.startsWith(name.group(1) + "."))
                    .filter(file -> !file.contains(".b"))
                    .collect(Collectors.toList());
        }
    }
}
