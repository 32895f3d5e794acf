package io.mainstem.gateway.imap.handlers;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The examples of THREAD in RFC 5256, out of messages that are as these show them to be. */
class ThreadExamplesTest {
  /** In the order of their dates; a dash stands for a message that is not here. */
  private static final String[] MESSAGES = {
    // number, subject, what it answers
    "166 a",
    "167 b",
    "168 c",
    "169 d",
    "172 e",
    "170 f -x",
    "171 g",
    "173 h",
    "174 i",
    "175 i",
    "176 i",
    "178 i",
    "181 i",
    "180 i",
    "179 j -x",
    "177 k",
    "183 k",
    "182 k",
    "188 k",
    "184 k 188",
    "185 k",
    "186 k 185",
    "187 k",
    "189 k 188",
    "190 l",
    "191 m",
    "192 n",
    "193 o",
    "194 p",
    "195 p",
    "196 q 195",
    "197 q",
    "198 q 197",
    "199 r",
    "200 s",
    "202 s 200",
    "201 t",
    "203 u",
    "204 v",
    "205 w",
    "206 x 205",
    "207 x 206",
    "208 y",
  };

  @Test
  void orderedSubject() {
    assertEquals(
        "(166)(167)(168)(169)(172)(170)(171)(173)(174 (175)(176)(178)(181)(180))(179)"
            + "(177 (183)(182)(188)(184)(185)(186)(187)(189))(190)(191)(192)(193)(194 195)"
            + "(196 (197)(198))(199)(200 202)(201)(203)(204)(205)(206 207)(208)",
        text(SubjectThreads.of(rows(MESSAGES))));
  }

  @Test
  void references() {
    assertEquals(
        "(166)(167)(168)(169)(172)((170)(179))(171)(173)((174)(175)(176)(178)(181)(180))"
            + "((177)(183)(182)(188 (184)(189))(185 186)(187))(190)(191)(192)(193)((194)(195 196))"
            + "(197 198)(199)(200 202)(201)(203)(204)(205 206 207)(208)",
        text(ReferenceThreads.of(rows(MESSAGES))));
  }

  @Test
  void aThreadSplits() {
    String[] messages = {
      "2 a", "3 b", "6 c 3", "4 d 6", "23 e 4", "44 f 6", "7 g 44", "96 h 7",
    };
    assertEquals("(2)(3 6 (4 23)(44 7 96))", text(ReferenceThreads.of(rows(messages))));
    assertEquals("((3)(5))", text(ReferenceThreads.of(rows("3 a -x", "5 b -x"))));
  }

  @Test
  void quotesMakeNoOtherMessageId() {
    var first = row("1 a", 0);
    var answer =
        new SortHandler.Row(
            2, 1, 1, 0, "", "", "", BaseSubject.of("b"), "2@host", List.of("m1@host"));
    assertEquals("m1@host", SortHandler.Row.unquoted("\"m1\"@host"));
    assertEquals("\"a b\"@host", SortHandler.Row.unquoted("\"a b\"@host"));
    assertEquals("(1 2)", text(ReferenceThreads.of(new ArrayList<>(List.of(first, answer)))));
  }

  private static List<SortHandler.Row> rows(String... messages) {
    Map<Integer, SortHandler.Row> byUid = new HashMap<>();
    for (int i = 0; i < messages.length; i++) {
      var row = row(messages[i], i);
      byUid.put(row.uid(), row);
    }
    var rows = new ArrayList<>(byUid.values());
    rows.sort(Comparator.comparingInt(SortHandler.Row::uid));
    return rows;
  }

  private static SortHandler.Row row(String message, int at) {
    String[] words = message.split(" ");
    List<String> references =
        words.length == 2 ? List.of() : List.of("m" + words[2].replace("-", "") + "@host");
    return new SortHandler.Row(
        Integer.parseInt(words[0]),
        at,
        at,
        0,
        "",
        "",
        "",
        BaseSubject.of(words[1]),
        "m" + words[0] + "@host",
        references);
  }

  private static String text(List<ThreadNode> threads) {
    var out = new StringBuilder();
    threads.forEach(t -> t.write(out, uid -> uid));
    return out.toString();
  }
}
