package dev.procession.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.procession.core.UndecodableException;
import dev.procession.manager.proto.CollectionRequest;
import dev.procession.manager.proto.DictContains;
import dev.procession.manager.proto.DictPut;
import dev.procession.manager.proto.DictPutIfAbsent;
import dev.procession.manager.proto.DictRemove;
import dev.procession.manager.proto.DictRequest;
import dev.procession.manager.proto.Kind;
import dev.procession.manager.proto.Request;
import dev.procession.manager.proto.Response;
import dev.procession.manager.proto.SnapshotOpen;
import dev.procession.manager.proxy.RemoteManager;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Methods that do not need a value neither bring it from the server nor decode it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class UnreadValuesTest {

    private static final byte[] SECRET = {1, 2, 3};
    private static final int LARGE = 1 << 20;
    private static final int SMALL = 32;
    private static final ByteString KEY = ByteString.copyFromUtf8("k");

    @TempDir private Path directory;
    private Manager owner;

    /** Decodes the JDK's own data types alone. */
    private Manager stranger;

    /** A class that a stranger does not decode. */
    record Own(int number) implements Serializable {}

    @BeforeEach
    void start() {
        Path address = directory.resolve("m");
        owner = Manager.builder().address(address, SECRET).embedded();
        stranger = Manager.connect(address, SECRET);
    }

    @AfterEach
    void stop() {
        stranger.close();
        owner.close();
    }

    @Test
    void shouldSetAnEntryWithoutItsOldValue() {
        owner.dict("d").put("k", new Own(1));
        SharedDict<String, Object> dict = stranger.dict("d");
        assertThatThrownBy(() -> dict.get("k")).isInstanceOf(UndecodableException.class);
        dict.set("k", 2);
        assertThat(dict.get("k")).isEqualTo(2);
        dict.set("new", 3);
        assertThat(dict.get("new")).isEqualTo(3);
    }

    @Test
    void shouldSetAValueWithoutTheOldOne() {
        owner.value("v").set(new Own(1));
        SharedValue<Object> value = stranger.value("v");
        assertThat(value.compareAndSet(null, 1)).isFalse();
        assertThat(value.compareAndSet(null, null)).isFalse();
        value.set(2);
        assertThat(value.get()).isEqualTo(2);
        owner.value("v").set(new Own(1));
        value.set(null);
        assertThat(value.get()).isNull();
        assertThat(value.compareAndSet(null, null)).isTrue();
        assertThat(value.compareAndSet(null, 3)).isTrue();
        assertThat(value.get()).isEqualTo(3);
    }

    @Test
    void shouldSetAndRemoveANameWithoutItsOldValue() {
        owner.namespace("n").set("a", new Own(1));
        owner.namespace("n").set("b", new Own(1));
        SharedNamespace namespace = stranger.namespace("n");
        namespace.set("a", 2);
        assertThat(namespace.remove("b")).isTrue();
        assertThat(namespace.remove("b")).isFalse();
        assertThat(namespace.toMap()).containsExactly(Map.entry("a", 2));
    }

    @Test
    void shouldRemoveAKeyWithoutItsValue() {
        owner.dict("d").put("k", new Own(1));
        SharedDict<String, Object> dict = stranger.dict("d");
        assertThat(dict.keySet().remove("k")).isTrue();
        assertThat(dict.keySet().remove("k")).isFalse();
    }

    @Test
    void shouldListKeysWithoutTheirValues() {
        owner.dict("d").put("k", new Own(1));
        owner.dict("d").put("l", new Own(1));
        SharedDict<String, Object> dict = stranger.dict("d");
        assertThat(dict.keySet()).containsExactly("k", "l").contains("k").doesNotContain("m");
        assertThat(dict.containsKey("k")).isTrue();
        assertThat(dict.containsKey("m")).isFalse();
    }

    @Test
    void shouldListTheKeysOfOneMoment() {
        SharedDict<Integer, Integer> dict = owner.dict("many");
        Map<Integer, Integer> many = new HashMap<>();
        for (int i = 0; i < 2500; i++) {
            many.put(i, i);
        }
        dict.putAll(many);
        Set<Integer> keys = new HashSet<>();
        for (Integer key : dict.keySet()) {
            if (keys.isEmpty()) {
                dict.put(2001, 0);
                assertThat(dict.remove(2002)).isEqualTo(2002);
                dict.put(5000, 0);
                dict.clear();
            }
            assertThat(keys.add(key)).isTrue();
        }
        assertThat(keys).isEqualTo(many.keySet());
    }

    @Test
    void shouldRemoveByAnIteratorOfTheKeys() {
        SharedDict<String, Object> dict = stranger.dict("d");
        owner.dict("d").put("k", new Own(1));
        owner.dict("d").put("l", new Own(1));
        assertThat(dict.keySet().removeIf("k"::equals)).isTrue();
        assertThat(dict.keySet()).containsExactly("l");
    }

    private Response call(Request.Builder request) {
        return ((RemoteManager) owner).client().call(request.setKind(Kind.DICT).setName("d"));
    }

    private Response call(DictRequest.Builder body) {
        return call(Request.newBuilder().setDict(body));
    }

    private void putLarge() {
        DictPut.Builder put =
                DictPut.newBuilder()
                        .setKey(KEY)
                        .setValue(ByteString.copyFrom(new byte[LARGE]))
                        .setWithoutOld(true);
        assertThat(call(DictRequest.newBuilder().setPut(put)).getSerializedSize())
                .isLessThan(SMALL);
    }

    @Test
    void shouldGiveSmallAnswersWhenNoOldValueIsWanted() {
        putLarge();
        putLarge();
        DictPutIfAbsent.Builder absent =
                DictPutIfAbsent.newBuilder().setKey(KEY).setWithoutOld(true);
        DictRemove.Builder remove = DictRemove.newBuilder().setKey(KEY).setWithoutOld(true);
        Response there = call(DictRequest.newBuilder().setPutIfAbsent(absent));
        Response removed = call(DictRequest.newBuilder().setRemove(remove));
        Response gone = call(DictRequest.newBuilder().setRemove(remove));
        assertThat(there.getIsTrue()).isTrue();
        assertThat(there.getSerializedSize()).isLessThan(SMALL);
        assertThat(removed.getIsTrue()).isTrue();
        assertThat(removed.getSerializedSize()).isLessThan(SMALL);
        assertThat(gone.getIsTrue()).isFalse();
    }

    @Test
    void shouldGiveSmallAnswersWhenOnlyKeysAreWanted() {
        putLarge();
        DictContains.Builder contains = DictContains.newBuilder().setKey(KEY);
        Response there = call(DictRequest.newBuilder().setContains(contains));
        assertThat(there.getIsTrue()).isTrue();
        assertThat(there.getSerializedSize()).isLessThan(SMALL);
        SnapshotOpen.Builder keys = SnapshotOpen.newBuilder().setPageEntries(1).setKeysOnly(true);
        Response page =
                call(
                        Request.newBuilder()
                                .setCollection(
                                        CollectionRequest.newBuilder().setSnapshotOpen(keys)));
        assertThat(page.getKeysList()).containsExactly(KEY);
        assertThat(page.getSerializedSize()).isLessThan(SMALL);
    }
}
