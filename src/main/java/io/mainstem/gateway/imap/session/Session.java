package io.mainstem.gateway.imap.session;

import java.net.InetAddress;

/**
 * The state of a session (RFC 9051 §3).
 *
 * <pre>
 *   Fresh ──LOGIN, AUTHENTICATE──► Authenticated ──SELECT, EXAMINE──► Selected
 *     │                                 ▲ ───────CLOSE, UNSELECT, a failed SELECT───┘
 *     └─STARTTLS─► Fresh
 * </pre>
 */
public sealed interface Session {
  /** Nobody has logged in. */
  record Fresh(InetAddress client, boolean isProtected) implements Session {
    public Fresh toProtected() {
      return new Fresh(client, true);
    }

    public Authenticated toAuthenticated(Login login) {
      return new Authenticated(login);
    }
  }

  record Authenticated(Login login) implements Session {
    public Selected toSelected(SelectedFolder folder) {
      return new Selected(login, folder);
    }
  }

  record Selected(Login login, SelectedFolder folder) implements Session {
    public Authenticated toAuthenticated() {
      return new Authenticated(login);
    }
  }
}
