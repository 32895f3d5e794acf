package io.mainstem.line;

/** What is said on one connection. All calls are on the connection's context. */
public interface LineConversation {
  /** The connection stands: the server speaks first. */
  void greet();

  void onBytes(byte[] bytes);

  /** Called every second or so, for what has a time. */
  void onTick();

  /** The connection is gone. */
  void onClosed();

  /** The server stops: ends where nothing is lost. */
  void drain();
}
