package io.mainstem.mailbox;

import org.infinispan.protostream.annotations.Proto;
import org.jspecify.annotations.Nullable;

/**
 * What the owner's programs wrote down about a folder or the whole mailbox (RFC 5464).
 *
 * @param name in lower case, as {@code /private/comment}
 * @param value null: there is none
 */
@Proto
public record Annotation(String name, @Nullable String value) {}
