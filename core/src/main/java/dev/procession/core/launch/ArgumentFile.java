package dev.procession.core.launch;

import java.nio.charset.Charset;
import java.util.List;

/** The text of the files from which the {@code java} launcher reads arguments. */
final class ArgumentFile {

    private ArgumentFile() {}

    /** The charset in which the launcher reads argument files and the command line. */
    static Charset charset() {
        String name = System.getProperty("sun.jnu.encoding");
        return name != null && Charset.isSupported(name)
                ? Charset.forName(name)
                : Charset.defaultCharset();
    }

    /** Returns the text of an argument file: one argument a line, quoted for the launcher. */
    static String quote(List<String> arguments) {
        StringBuilder text = new StringBuilder();
        for (String argument : arguments) {
            text.append('"');
            for (int i = 0; i < argument.length(); i++) {
                char c = argument.charAt(i);
                switch (c) {
                    case '\\' -> text.append("\\\\");
                    case '"' -> text.append("\\\"");
                    case '\n' -> text.append("\\n");
                    case '\r' -> text.append("\\r");
                    case '\t' -> text.append("\\t");
                    case '\f' -> text.append("\\f");
                    default -> text.append(c);
                }
            }
            text.append("\"\n");
        }
        return text.toString();
    }
}
