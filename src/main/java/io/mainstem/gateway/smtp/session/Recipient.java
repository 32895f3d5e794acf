package io.mainstem.gateway.smtp.session;

import io.mainstem.gateway.smtp.protocol.ForwardPath;
import io.mainstem.message.Person;

/**
 * A recipient that was accepted.
 *
 * @param path as the client named it
 * @param person who that is here; its user is set
 */
public record Recipient(ForwardPath path, Person person) {}
