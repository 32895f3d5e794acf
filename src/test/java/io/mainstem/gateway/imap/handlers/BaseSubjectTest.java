package io.mainstem.gateway.imap.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** RFC 5256 §2.1, step by step, and the collation of §7. */
class BaseSubjectTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      textBlock =
          """
          Plans|Plans|false
            Plans  for   May |Plans for May|false
          Re: Plans|Plans|true
          re :Plans|Plans|true
          FW: Plans|Plans|true
          Fwd: Plans|Plans|true
          Plans (fwd)|Plans|true
          Plans (FWD)  (fwd)|Plans|true
          [list] Plans|Plans|false
          [list] Re: Plans|Plans|true
          [a] [b] Re [3]: [c] Plans|Plans|true
          Re: Re: fwd: Plans (fwd) |Plans|true
          [fwd: Plans]|Plans|true
          Re: [fwd: [fwd: re: Plans (fwd)]]|Plans|true
          [list]|[list]|false
          [a] [b]|[b]|false
          [fwd: [list]]|[list]|true
          [fwd: Plans] more|more|false
          [un[closed] Plans|[un[closed] Plans|false
          Re Plans|Re Plans|false
          Research: Plans|Research: Plans|false
          Re:||true
          Re: (fwd)||true
          [fwd:]||true
          Aw: Plans|Aw: Plans|false
          """)
  void whatIsLeft(String subject, String base, boolean isAnswer) {
    String expected = base == null ? "" : base;
    assertEquals(new BaseSubject(CaseMap.of(expected), isAnswer), BaseSubject.of(subject));
  }

  @Test
  void aSubjectOfMarksAloneIsReadInOnePass() {
    assertEquals("[]", BaseSubject.of("[]".repeat(200_000)).text());
    assertTrue(BaseSubject.of("re:".repeat(200_000)).isAnswer());
    assertEquals("", BaseSubject.of("(fwd)".repeat(200_000)).text());
  }

  @Test
  void letterCaseAndCompositionDoNotCount() {
    assertEquals(CaseMap.of("GRÜSSE"), CaseMap.of("gru\u0308sse"));
    assertEquals(CaseMap.of("\u01C6"), CaseMap.of("\u01C4"));
    assertEquals(CaseMap.of("\uFF21"), CaseMap.of("a"));
    assertEquals("\uAC01", CaseMap.of("\uAC01"));
  }

  @Test
  void orderIsThatOfTheBytes() {
    var words = new ArrayList<>(List.of("_", "b", "\uD83D\uDE00", "\uFFFD", "", "C", "a", "ab"));
    words.sort((a, b) -> CaseMap.compare(CaseMap.of(a), CaseMap.of(b)));
    assertEquals(List.of("", "a", "ab", "b", "C", "_", "\uFFFD", "\uD83D\uDE00"), words);
  }
}
