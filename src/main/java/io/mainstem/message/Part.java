package io.mainstem.message;

import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * A leaf of a message's MIME tree whose bytes lie in a blob (RFC 2045).
 *
 * @param encoding the Content-Transfer-Encoding to undo: {@code 7bit}, {@code 8bit}, {@code
 *     binary}, {@code base64} or {@code quoted-printable}
 * @param charset for text, as declared; null where none was
 */
@Proto
public record Part(BlobRange range, String type, String encoding, @Nullable String charset) {}
