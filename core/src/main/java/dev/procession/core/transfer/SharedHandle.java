package dev.procession.core.transfer;

import dev.procession.core.Codec;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What travels in place of a shared value.
 *
 * @param state the segment that says whether it is still shared; its path identifies the value
 * @param content the file with the encoded value
 * @param bytes the length of the encoded value
 * @param codec what decodes it; null for the standard one
 */
public record SharedHandle(String state, String content, int bytes, @Nullable Codec codec)
        implements Serializable {}
