package dev.procession.core.codec;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Values of every kind that has a tag in the standard codec, and some that have none. */
final class RandomValues {

    private RandomValues() {}

    static Object next(Random random, int depth) {
        return switch (random.nextInt(depth > 0 ? 16 : 13)) {
            case 0 -> null;
            case 1 -> random.nextBoolean();
            case 2 -> (byte) random.nextInt();
            case 3 -> (short) random.nextInt();
            case 4 -> (char) random.nextInt();
            case 5 -> random.nextInt();
            case 6 -> random.nextLong();
            case 7 -> Float.intBitsToFloat(random.nextInt());
            case 8 -> Double.longBitsToDouble(random.nextLong());
            case 9 -> text(random, 0x100);
            case 10 -> text(random, 0x10000);
            case 11 -> bytes(random);
            case 12 -> numbers(random);
            case 13 -> list(random, depth).toArray();
            case 14 -> deepEqualList(random, depth);
            default -> map(random);
        };
    }

    private static Object numbers(Random random) {
        int length = random.nextInt(9);
        return switch (random.nextInt(3)) {
            case 0 -> random.ints(length).toArray();
            case 1 -> random.longs(length).toArray();
            default -> random.doubles(length).toArray();
        };
    }

    private static byte[] bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(300)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static String text(Random random, int characters) {
        StringBuilder text = new StringBuilder();
        for (int length = random.nextInt(300); length > 0; length--) {
            text.append((char) random.nextInt(characters));
        }
        return text.toString();
    }

    private static List<Object> list(Random random, int depth) {
        List<Object> list = new ArrayList<>();
        for (int size = random.nextInt(6); size > 0; size--) {
            list.add(next(random, depth - 1));
        }
        return list;
    }

    /** Without arrays, which a list does not compare by content. */
    private static List<Object> deepEqualList(Random random, int depth) {
        List<Object> list = list(random, depth);
        list.removeIf(element -> element != null && element.getClass().isArray());
        list.removeIf(element -> element instanceof List || element instanceof Map);
        return list;
    }

    private static Map<Object, Object> map(Random random) {
        Map<Object, Object> map = new LinkedHashMap<>();
        for (int size = random.nextInt(9); size > 0; size--) {
            map.put(random.nextInt(), text(random, 0x10000));
        }
        return map;
    }
}
