package dev.procession.samples;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Field;
import java.util.Iterator;
import java.util.StringTokenizer;
import org.apache.pdfbox.Loader;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.text.PDFTextStripper;

/**
 * Reads one document. It knows nothing of processes: its caller must survive its effects on the
 * JVM.
 *
 * <p>Two subjects of a document stand for bugs of a third-party codec: a loop that does not end,
 * and a write to an unmapped address.
 */
final class DocumentParser {

    static final String ENDLESS = "a codec that loops";
    static final String WILD = "a codec with a wild pointer";

    private DocumentParser() {}

    /**
     * The contents of a document.
     *
     * @param pages the number of pages
     * @param words the number of words on them
     * @param bytes the length of their contents, unpacked
     */
    record Contents(int pages, int words, long bytes) implements Serializable {}

    static Contents parse(File file) throws IOException, ReflectiveOperationException {
        try (PDDocument document = Loader.loadPDF(file)) {
            decode(document.getDocumentInformation().getSubject());
            long bytes = 0;
            for (PDPage page : document.getPages()) {
                for (Iterator<PDStream> i = page.getContentStreams(); i.hasNext(); ) {
                    bytes += i.next().toByteArray().length;
                }
            }
            String text = new PDFTextStripper().getText(document);
            int words = new StringTokenizer(text).countTokens();
            return new Contents(document.getNumberOfPages(), words, bytes);
        }
    }

    private static void decode(String codec) throws ReflectiveOperationException {
        if (ENDLESS.equals(codec)) {
            loop();
        } else if (WILD.equals(codec)) {
            Class<?> type = Class.forName("sun.misc.Unsafe");
            Field unsafe = type.getDeclaredField("theUnsafe");
            unsafe.setAccessible(true);
            type.getMethod("putAddress", long.class, long.class).invoke(unsafe.get(null), 0L, 0L);
        }
    }

    private static void loop() {
        long turns = 0;
        while (turns >= 0) {
            turns = turns + 1 & Long.MAX_VALUE; // an interrupt does not end it either
        }
    }
}
