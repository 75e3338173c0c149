package dev.procession.monitor.look;

import java.util.ArrayList;
import java.util.List;

/**
 * Splits the text of an argument file of {@code java} into arguments: white space separates them,
 * quotes keep it, {@code #} begins a comment. In quotes a backslash stands before a character that
 * is meant literally, before {@code n}, {@code r}, {@code t}, {@code f}, and at the end of a line
 * that goes on in the next one.
 */
final class ArgumentWords {

    private static final char NO_QUOTE = 0;

    private final String text;
    private final List<String> words = new ArrayList<>();
    private final StringBuilder word = new StringBuilder();
    private boolean inWord;
    private char quote = NO_QUOTE;
    private int next;

    private ArgumentWords(String text) {
        this.text = text;
    }

    /** Returns the arguments in a file's text. */
    static List<String> of(String text) {
        ArgumentWords words = new ArgumentWords(text);
        while (words.next < text.length()) {
            words.read(text.charAt(words.next++));
        }
        words.endWord();
        return words.words;
    }

    private void read(char c) {
        if (quote != NO_QUOTE) {
            readQuoted(c);
        } else if (Character.isWhitespace(c)) {
            endWord();
        } else if (c == '#') {
            endWord();
            skipLine();
        } else if (c == '"' || c == '\'') {
            quote = c;
            inWord = true;
        } else {
            add(c);
        }
    }

    private void readQuoted(char c) {
        if (c == quote) {
            quote = NO_QUOTE;
        } else if (c == '\n' || c == '\r') {
            quote = NO_QUOTE; // it was not closed
            endWord();
        } else if (c != '\\' || next == text.length()) {
            add(c);
        } else if (isLineEnd()) {
            skipLineEnd();
        } else {
            char escaped = text.charAt(next++);
            add(
                    switch (escaped) {
                        case 'n' -> '\n';
                        case 'r' -> '\r';
                        case 't' -> '\t';
                        case 'f' -> '\f';
                        default -> escaped;
                    });
        }
    }

    private void add(char c) {
        word.append(c);
        inWord = true;
    }

    private void endWord() {
        if (inWord) {
            words.add(word.toString());
            word.setLength(0);
            inWord = false;
        }
    }

    private boolean isLineEnd() {
        return next < text.length() && (text.charAt(next) == '\n' || text.charAt(next) == '\r');
    }

    /** Skips the end of a line, and the white space at the begin of the next one. */
    private void skipLineEnd() {
        while (next < text.length() && Character.isWhitespace(text.charAt(next))) {
            next++;
        }
    }

    private void skipLine() {
        while (next < text.length() && !isLineEnd()) {
            next++;
        }
    }
}
