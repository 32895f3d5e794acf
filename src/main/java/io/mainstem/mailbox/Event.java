package io.mainstem.mailbox;

/** An outcome: what has happened to a mailbox. */
public interface Event {}
