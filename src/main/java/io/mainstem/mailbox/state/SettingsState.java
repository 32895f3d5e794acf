package io.mainstem.mailbox.state;

import io.mainstem.mailbox.ChannelView;
import io.mainstem.mailbox.Settings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeMap;
import java.util.TreeSet;
import org.infinispan.protostream.annotations.Proto;

/** The owner's settings in an order that gives the same bytes each time. */
@Proto
public record SettingsState(
    ChannelView channels,
    Settings.WhoMayChat whoMayChat,
    boolean receipts,
    boolean screenMail,
    int retentionDays,
    List<String> blocked,
    List<Pair> page) {
  /** A key of the page's own memory, with its value. */
  @Proto
  public record Pair(String key, String value) {}

  public SettingsState {
    blocked = List.copyOf(blocked);
    page = List.copyOf(page);
  }

  public static SettingsState of(Settings s) {
    var pairs = new ArrayList<Pair>();
    new TreeMap<>(s.page()).forEach((k, v) -> pairs.add(new Pair(k, v)));
    return new SettingsState(
        s.channels(),
        s.whoMayChat(),
        s.receipts(),
        s.screenMail(),
        s.retentionDays(),
        List.copyOf(new TreeSet<>(s.blocked())),
        pairs);
  }

  public Settings toSettings() {
    var map = new LinkedHashMap<String, String>();
    for (Pair p : page) {
      map.put(p.key(), p.value());
    }
    return new Settings(
        channels, whoMayChat, receipts, screenMail, retentionDays, new HashSet<>(blocked), map);
  }
}
