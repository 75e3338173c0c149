package dev.procession.samples;

import com.github.freva.asciitable.AsciiTable;
import com.github.freva.asciitable.Column;
import com.github.freva.asciitable.ColumnData;
import com.github.freva.asciitable.HorizontalAlign;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.ToLongFunction;

/** Shows a census: its largest modules and the total. */
final class CensusTable {

    private static final int ROWS = 8;
    private static final int DIGEST_CHARACTERS = 12;

    private final Census census;
    private final ModuleCount total;

    CensusTable(Census census) {
        this.census = census;
        this.total = census.total();
    }

    @Override
    public String toString() {
        List<ModuleCount> largest =
                census.modules().stream()
                        .sorted(Comparator.comparingLong(ModuleCount::classes).reversed())
                        .limit(ROWS)
                        .toList();
        return AsciiTable.getTable(
                AsciiTable.BASIC_ASCII_NO_DATA_SEPARATORS,
                largest,
                List.of(
                        new Column()
                                .header("largest modules")
                                .dataAlign(HorizontalAlign.LEFT)
                                .footer(total.module())
                                .with(ModuleCount::module),
                        figure("classes", ModuleCount::classes),
                        figure("constants", ModuleCount::constants),
                        figure("fields", ModuleCount::fields),
                        figure("methods", ModuleCount::methods),
                        figure("bytes", ModuleCount::bytes),
                        new Column()
                                .header("SHA-256")
                                .footer(startOfDigest(total))
                                .with(CensusTable::startOfDigest)));
    }

    private ColumnData<ModuleCount> figure(String header, ToLongFunction<ModuleCount> figure) {
        return new Column()
                .header(header)
                .footer(grouped(figure.applyAsLong(total)))
                .with(module -> grouped(figure.applyAsLong(module)));
    }

    private static String grouped(long number) {
        return String.format(Locale.ROOT, "%,d", number);
    }

    private static String startOfDigest(ModuleCount count) {
        return count.sha256().substring(0, DIGEST_CHARACTERS);
    }
}
