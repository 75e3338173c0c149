package dev.procession.bench.rival.manager;

import dev.procession.bench.race.Figure;
import dev.procession.bench.race.Latencies;
import dev.procession.bench.race.Rival;
import net.openhft.chronicle.map.ChronicleMap;
import org.jspecify.annotations.Nullable;

/** A map in this process, outside its heap: the cost of a dict without a server. */
public final class ChronicleMapRival implements Rival {

    private static final String KEY = "key:1";
    private static final String VALUE = "value of a small entry";
    private static final int ENTRIES = 10_000;

    private final String name;
    private final boolean puts;
    private @Nullable ChronicleMap<String, String> map;

    public ChronicleMapRival(String name, boolean puts) {
        this.name = name;
        this.puts = puts;
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public String version() {
        return "Chronicle Map "
                + ChronicleMap.class.getPackage().getImplementationVersion()
                + " in one process";
    }

    @Override
    public void open() {
        ChronicleMap<String, String> made =
                ChronicleMap.of(String.class, String.class)
                        .averageKey(KEY)
                        .averageValue(VALUE)
                        .entries(ENTRIES)
                        .create();
        made.put(KEY, VALUE);
        map = made;
    }

    @Override
    public Figure measure(int amount) throws Exception {
        ChronicleMap<String, String> used = map;
        if (used == null) {
            throw new IllegalStateException("not open: " + name);
        }
        return Latencies.of(
                amount,
                number ->
                        ManagerWork.require(
                                VALUE.equals(puts ? used.put(KEY, VALUE) : used.get(KEY))));
    }

    @Override
    public void close() {
        if (map != null) {
            map.close();
        }
    }
}
