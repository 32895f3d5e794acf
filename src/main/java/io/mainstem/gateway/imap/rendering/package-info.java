/**
 * Values as the text of IMAP's responses (RFC 9051 §7).
 *
 * <p>In: views of folders and messages. Out: text. Pure functions.
 */
@NullMarked
package io.mainstem.gateway.imap.rendering;

import org.jspecify.annotations.NullMarked;
