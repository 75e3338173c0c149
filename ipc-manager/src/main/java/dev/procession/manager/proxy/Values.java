package dev.procession.manager.proxy;

import com.google.protobuf.ByteString;
import dev.procession.core.Codec;
import dev.procession.manager.wire.CanonicalReader;
import dev.procession.manager.wire.CanonicalWriter;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Encodes keys and values: keys in their canonical encoding, values in that or by the codec. */
final class Values {

    private final Codec codec;
    private final CanonicalReader.ClassGate gate;

    Values(Codec codec, CanonicalReader.ClassGate gate) {
        this.codec = codec;
        this.gate = gate;
    }

    Codec codec() {
        return codec;
    }

    ByteString key(Object key) {
        return CanonicalWriter.key(Objects.requireNonNull(key, "a key"));
    }

    Object decodeKey(ByteString bytes) {
        return CanonicalReader.key(bytes, gate);
    }

    ByteString value(Object value) {
        ByteString simple = CanonicalWriter.simple(Objects.requireNonNull(value, "a value"));
        return simple != null
                ? simple
                : CanonicalWriter.object(ManagerHandle.withoutSecrets(() -> codec.encode(value)));
    }

    @Nullable Object decode(ByteString bytes) {
        return CanonicalReader.value(bytes, codec);
    }
}
