package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.message.Person;
import io.mainstem.message.UserId;

/**
 * A recipient that was accepted.
 *
 * @param path as the client named it
 * @param person who that is here
 * @param user whose mailbox it is
 * @param generation of that mailbox's data
 */
public record Recipient(ForwardPath path, Person person, UserId user, int generation) {}
