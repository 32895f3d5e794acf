package io.mainstem.gateway.imap.handlers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** REFERENCES (RFC 5256 §3): threads by Message-IDs, then by subject. */
final class ReferenceThreads {
  private final Map<String, ThreadNode> byId = new HashMap<>();
  private final List<ThreadNode> all = new ArrayList<>();

  private ReferenceThreads() {}

  static List<ThreadNode> of(List<SortHandler.Row> rows) {
    var threads = new ReferenceThreads();
    rows.forEach(threads::link);
    List<ThreadNode> roots = threads.pruned();
    roots.forEach(ThreadNode::sort);
    roots.sort(ThreadNode::compare);
    roots = merged(roots);
    roots.forEach(ThreadNode::sort);
    roots.sort(ThreadNode::compare);
    return roots;
  }

  private ThreadNode node(String id) {
    return byId.computeIfAbsent(
        id,
        key -> {
          var absent = new ThreadNode(null);
          all.add(absent);
          return absent;
        });
  }

  /** Step 1. */
  private void link(SortHandler.Row row) {
    ThreadNode known = row.messageId().isEmpty() ? null : byId.get(row.messageId());
    ThreadNode self;
    if (known != null && known.row == null) {
      self = known;
      self.row = row;
    } else {
      // The second of one Message-ID counts as one that has none.
      self = new ThreadNode(row);
      all.add(self);
      if (!row.messageId().isEmpty() && known == null) {
        byId.put(row.messageId(), self);
      }
    }
    ThreadNode before = null;
    for (String id : row.references()) {
      ThreadNode at = node(id);
      if (before != null && at.parent == null && !before.isWithin(at)) {
        before.add(at);
      }
      before = at;
    }
    ThreadNode parent = self.parent;
    if (parent != null) {
      // What others said of it counts less than its own References.
      parent.children.remove(self);
      self.parent = null;
    }
    if (before != null && !before.isWithin(self)) {
      before.add(self);
    }
  }

  /** Steps 2 and 3: absent messages give way to their children where they can. */
  private List<ThreadNode> pruned() {
    Deque<ThreadNode> open = new ArrayDeque<>();
    all.stream().filter(n -> n.parent == null).forEach(open::push);
    Deque<ThreadNode> order = new ArrayDeque<>();
    while (!open.isEmpty()) {
      ThreadNode n = open.pop();
      order.push(n);
      n.children.forEach(open::push);
    }
    var roots = new ArrayList<ThreadNode>();
    for (ThreadNode n : order) {
      ThreadNode parent = n.parent;
      if (n.row == null) {
        boolean root = parent == null;
        if (n.children.isEmpty() || !root || n.children.size() == 1) {
          for (ThreadNode child : n.children) {
            child.parent = parent;
            if (parent != null) {
              parent.children.add(child);
            } else {
              roots.add(child);
            }
          }
          if (parent != null) {
            parent.children.remove(n);
          }
          continue;
        }
      }
      if (parent == null) {
        roots.add(n);
      }
    }
    return roots;
  }

  /** Steps 5 and 6: threads of one subject become one. */
  private static List<ThreadNode> merged(List<ThreadNode> roots) {
    Map<String, ThreadNode> bySubject = new LinkedHashMap<>();
    for (ThreadNode root : roots) {
      BaseSubject subject = subject(root);
      if (subject == null || subject.text().isEmpty()) {
        continue;
      }
      ThreadNode known = bySubject.get(subject.text());
      BaseSubject other = known == null ? null : subject(known);
      boolean better =
          known == null
              || root.row == null && known.row != null
              || other != null && other.isAnswer() && !subject.isAnswer() && known.row != null;
      if (better) {
        bySubject.put(subject.text(), root);
      }
    }
    var out = new ArrayList<ThreadNode>();
    Map<String, ThreadNode> joined = new HashMap<>();
    for (ThreadNode root : roots) {
      BaseSubject subject = subject(root);
      ThreadNode chief =
          subject == null || subject.text().isEmpty() ? null : bySubject.get(subject.text());
      if (subject == null || chief == null || chief == root) {
        if (root.parent == null) {
          out.add(root);
        }
        continue;
      }
      ThreadNode target = joined.getOrDefault(subject.text(), chief);
      BaseSubject its = subject(chief);
      if (root.row == null && target.row == null) {
        root.children.forEach(target::add);
      } else if (target.row == null) {
        target.add(root);
      } else if (its != null && !its.isAnswer() && subject.isAnswer()) {
        target.add(root);
      } else {
        var above = new ThreadNode(null);
        int at = out.indexOf(target);
        above.add(target);
        above.add(root);
        if (at >= 0) {
          out.set(at, above);
        } else {
          out.add(above);
        }
        joined.put(subject.text(), above);
      }
    }
    return out;
  }

  private static @Nullable BaseSubject subject(ThreadNode root) {
    ThreadNode at = root;
    while (at.row == null && !at.children.isEmpty()) {
      at = at.children.get(0);
    }
    return at.row == null ? null : at.row.subject();
  }
}
