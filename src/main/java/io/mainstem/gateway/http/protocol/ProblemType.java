package io.mainstem.gateway.http.protocol;

import io.mainstem.message.Rejected.Rule;

/** Every kind of refusal that a client can meet. The names are stable; docs/api.md lists them. */
public enum ProblemType {
  MALFORMED(400, "The request could not be read"),
  INVALID(400, "The request is not what the contract says"),
  BAD_CURSOR(400, "That is no cursor"),
  UNAUTHENTICATED(401, "Log in first"),
  WRONG_PASSWORD(401, "Name or password is wrong"),
  FOREIGN_ORIGIN(403, "The request does not come from our own page"),
  NOT_PERMITTED(403, "A policy refuses this"),
  NOT_FOUND(404, "There is no such thing"),
  METHOD_NOT_ALLOWED(405, "This method is not offered here"),
  REQUEST_TIMEOUT(408, "The request came too slowly"),
  CONFLICT(409, "The same id came before with other content"),
  NOT_UNDOABLE(409, "That cannot be undone any more"),
  RESET(410, "The cursor cannot be gone on from"),
  TOO_LARGE(413, "The request is too large"),
  URI_TOO_LONG(414, "The address is too long"),
  UNSUPPORTED_MEDIA_TYPE(415, "This media type is not taken"),
  RANGE_NOT_SATISFIABLE(416, "The range lies outside of the file"),
  MISDIRECTED(421, "This server does not serve that host"),
  UNKNOWN_RECIPIENT(422, "A recipient does not exist"),
  UPGRADE_REQUIRED(426, "This is a WebSocket"),
  TOO_MANY_ATTEMPTS(429, "Too many wrong passwords"),
  RATE_LIMITED(429, "Too many in too short a time"),
  HEADERS_TOO_LARGE(431, "The header fields are too large"),
  INTERNAL(500, "Something failed on our side"),
  NOT_IMPLEMENTED(501, "This is not offered yet"),
  BUSY(503, "Too busy; try again"),
  STORE_FAILED(503, "The store failed; try again"),
  OVER_QUOTA(507, "The mailbox is full"),
  STORE_FULL(507, "The store takes nothing new at present");

  private static final String PREFIX = "urn:mainstem:problem:";

  private final int status;
  private final String title;
  private final String uri;

  ProblemType(int status, String title) {
    this.status = status;
    this.title = title;
    this.uri = PREFIX + name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
  }

  public int status() {
    return status;
  }

  public String title() {
    return title;
  }

  /** The {@code type} of RFC 9457 §3.1.1. */
  public String uri() {
    return uri;
  }

  public static ProblemType of(Rule rule) {
    return switch (rule) {
      case CONFLICT -> CONFLICT;
      case NOT_FOUND -> NOT_FOUND;
      case INVALID -> INVALID;
      case UNKNOWN_RECIPIENT -> UNKNOWN_RECIPIENT;
      case TOO_LARGE -> TOO_LARGE;
      case OVER_QUOTA -> OVER_QUOTA;
      case RATE_LIMITED -> RATE_LIMITED;
      case NOT_PERMITTED -> NOT_PERMITTED;
      case NOT_UNDOABLE -> NOT_UNDOABLE;
      case RESET -> RESET;
      case BUSY -> BUSY;
      case STORE_FULL -> STORE_FULL;
      case STORE_FAILED -> STORE_FAILED;
    };
  }
}
