package io.mainstem.directory;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mainstem.message.Rejected;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The exchange of RFC 7677 §3, and what is none. */
class ScramTest {
  private static final String NONCE = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  private static final ScramKeys KEYS =
      ScramKeys.of("pencil", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
  private static final String PROOF = "dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";

  private static Scram.ClientFirst first() {
    return Scram.first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  }

  @Test
  void theExampleOfTheRfc() {
    assertEquals("user", first().user());
    assertEquals("r=" + NONCE + ",s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096", Scram.challenge(KEYS, NONCE));
    assertEquals(
        "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=",
        Scram.verify(first(), KEYS, NONCE, "c=biws,r=" + NONCE + ",p=" + PROOF));
  }

  @Test
  void anotherPasswordProvesNothing() {
    var other =
        ScramKeys.of("pencil2", Base64.getDecoder().decode("W22ZaJ0SNY7soEsUEjb6gQ=="), 4096);
    assertNull(Scram.verify(first(), other, NONCE, "c=biws,r=" + NONCE + ",p=" + PROOF));
    assertNull(Scram.verify(first(), KEYS, NONCE, "c=biws,r=" + NONCE + ",p=AAAA"));
  }

  @Test
  void namesMayHaveCommasAndEqualsSigns() {
    assertEquals("a,b=c", Scram.first("n,,n=a=2Cb=3Dc,r=x").user());
    assertEquals("y,a=me,", Scram.first("y,a=me,n=me,r=x").gs2Header());
  }

  @Test
  void whatIsNoFirstMessageIsRefused() {
    for (String wrong :
        List.of(
            "",
            "n",
            "n,,",
            "n,,n=user",
            "n,,r=x,n=user",
            "n,,n=,r=x",
            "n,,n=user,r=",
            "n,,n=us=er,r=x",
            "n,a=other,n=user,r=x",
            "p=tls-unique,,n=user,r=x",
            "n,,m=ext,n=user,r=x",
            "x,,n=user,r=x",
            "n,,n=user,r=a b",
            "n,,n=user,r=" + "x".repeat(5_000))) {
      assertThrows(Rejected.class, () -> Scram.first(wrong), wrong);
    }
  }

  @Test
  void whatRepeatsSomethingElseIsRefused() {
    var other = Base64.getEncoder().encodeToString("y,,".getBytes(StandardCharsets.UTF_8));
    for (String wrong :
        List.of(
            "",
            "c=biws,r=" + NONCE,
            "c=" + other + ",r=" + NONCE + ",p=" + PROOF,
            "c=biws,r=" + NONCE + "x,p=" + PROOF,
            "c=biws,r=" + NONCE + ",p=*")) {
      assertThrows(Rejected.class, () -> Scram.verify(first(), KEYS, NONCE, wrong), wrong);
    }
  }
}
