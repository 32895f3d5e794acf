/**
 * One class a command of IMAP, or of a family of commands that are one idea.
 *
 * <p>In: the session and a parsed command. Out: untagged responses, and an {@link
 * io.mainstem.gateway.imap.session.Outcome}. Stateless: all sessions share them.
 */
@NullMarked
package io.mainstem.gateway.imap.handlers;

import org.jspecify.annotations.NullMarked;
