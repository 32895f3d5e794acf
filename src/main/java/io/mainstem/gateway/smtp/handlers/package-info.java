/**
 * One class a command of SMTP: what it asks of a session and what it answers.
 *
 * <p>In: a {@link io.mainstem.gateway.smtp.session.Session} and a command. Out: a {@link
 * io.mainstem.gateway.smtp.session.Turn}, which never fails: what goes wrong has become a reply.
 */
@NullMarked
package io.mainstem.gateway.smtp.handlers;

import org.jspecify.annotations.NullMarked;
