package dev.procession.samples;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.pdfbox.cos.COSName;
import org.apache.pdfbox.pdmodel.PDDocument;
import org.apache.pdfbox.pdmodel.PDPage;
import org.apache.pdfbox.pdmodel.PDPageContentStream;
import org.apache.pdfbox.pdmodel.common.PDStream;
import org.apache.pdfbox.pdmodel.font.PDFont;
import org.apache.pdfbox.pdmodel.font.PDType1Font;
import org.apache.pdfbox.pdmodel.font.Standard14Fonts;

/** A folder of PDF files as a service could receive them: most are good, some are not. */
final class DocumentFolder {

    static final int GOOD = 12;
    static final int PAGES = 3;
    static final int WORDS_OF_A_PAGE = 8;

    private static final long BOMB_BYTES = 1L << 29;
    private static final float MARGIN = 50;
    private static final float TOP = 700;
    private static final float SIZE = 12;

    private final Path directory;

    private DocumentFolder(Path directory) {
        this.directory = directory;
    }

    /** Makes the files, which the caller removes. */
    static DocumentFolder create() throws IOException {
        DocumentFolder folder = new DocumentFolder(Files.createTempDirectory("documents"));
        for (int i = 1; i <= GOOD; i++) {
            folder.writeGood("report-%02d.pdf".formatted(i), "");
        }
        folder.writeTruncated("truncated.pdf");
        folder.writeBomb("bomb.pdf");
        folder.writeGood("endless.pdf", DocumentParser.ENDLESS);
        folder.writeGood("wild-pointer.pdf", DocumentParser.WILD);
        return folder;
    }

    Path directory() {
        return directory;
    }

    /** All documents, by name. */
    List<Path> documents() throws IOException {
        try (Stream<Path> files = Files.list(directory)) {
            return files.filter(file -> file.toString().endsWith(".pdf")).sorted().toList();
        }
    }

    private void writeGood(String name, String codec) throws IOException {
        try (PDDocument document = new PDDocument()) {
            document.getDocumentInformation().setSubject(codec);
            PDFont font = new PDType1Font(Standard14Fonts.FontName.HELVETICA);
            for (int number = 1; number <= PAGES; number++) {
                PDPage page = new PDPage();
                document.addPage(page);
                try (PDPageContentStream content = new PDPageContentStream(document, page)) {
                    content.beginText();
                    content.setFont(font, SIZE);
                    content.newLineAtOffset(MARGIN, TOP);
                    content.showText("This is page %d of a harmless report".formatted(number));
                    content.endText();
                }
            }
            document.save(directory.resolve(name).toFile());
        }
    }

    /** Writes a file without its end, where a PDF has its table of contents. */
    private void writeTruncated(String name) throws IOException {
        byte[] whole = Files.readAllBytes(directory.resolve("report-01.pdf"));
        Files.write(directory.resolve(name), Arrays.copyOf(whole, whole.length / 4));
    }

    /** Writes half a megabyte that unpacks to a thousand times as much. */
    private void writeBomb(String name) throws IOException {
        try (PDDocument document = new PDDocument()) {
            PDPage page = new PDPage();
            page.setContents(new PDStream(document, new Blanks(BOMB_BYTES), COSName.FLATE_DECODE));
            document.addPage(page);
            document.save(directory.resolve(name).toFile());
        }
    }

    /** A stream of blanks. */
    private static final class Blanks extends InputStream {

        private long remaining;

        Blanks(long count) {
            this.remaining = count;
        }

        @Override
        public int read() {
            return remaining-- > 0 ? ' ' : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            if (remaining <= 0) {
                return -1;
            }
            int count = (int) Math.min(remaining, length);
            Arrays.fill(target, offset, offset + count, (byte) ' ');
            remaining -= count;
            return count;
        }
    }
}
