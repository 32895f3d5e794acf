package io.mainstem.gateway.imap.handlers;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** A message in a tree of answers, or a place of one that is not here (RFC 5256 §3). */
final class ThreadNode {
  /** Null for a message that others refer to and that is not here. */
  SortHandler.@Nullable Row row;

  @Nullable ThreadNode parent;
  List<ThreadNode> children = new ArrayList<>();

  ThreadNode(SortHandler.@Nullable Row row) {
    this.row = row;
  }

  /** Whether it stands below that one, or is it. */
  boolean isWithin(ThreadNode other) {
    for (ThreadNode n = this; n != null; n = n.parent) {
      if (n == other) {
        return true;
      }
    }
    return false;
  }

  void add(ThreadNode child) {
    child.parent = this;
    children.add(child);
  }

  /** By date, then by place in the folder; of an absent one, its first child's. */
  long sentMillis() {
    ThreadNode at = this;
    while (at.row == null && !at.children.isEmpty()) {
      at = at.children.get(0);
    }
    return at.row == null ? 0 : at.row.sentMillis();
  }

  int uid() {
    ThreadNode at = this;
    while (at.row == null && !at.children.isEmpty()) {
      at = at.children.get(0);
    }
    return at.row == null ? 0 : at.row.uid();
  }

  static int compare(ThreadNode a, ThreadNode b) {
    int c = Long.compare(a.sentMillis(), b.sentMillis());
    return c != 0 ? c : Integer.compare(a.uid(), b.uid());
  }

  /** Sorts all below, the deepest first; the tree may be as deep as it has messages. */
  void sort() {
    Deque<ThreadNode> order = new ArrayDeque<>();
    Deque<ThreadNode> open = new ArrayDeque<>(List.of(this));
    while (!open.isEmpty()) {
      ThreadNode n = open.pop();
      order.push(n);
      n.children.forEach(open::push);
    }
    order.forEach(n -> n.children.sort(ThreadNode::compare));
  }

  /** {@code (1 2 (3)(4 5))} (RFC 5256 §4). */
  void write(StringBuilder out, IntUnaryOperator number) {
    record Step(@Nullable ThreadNode node, boolean opens) {}
    Deque<Step> todo = new ArrayDeque<>();
    todo.push(new Step(this, true));
    while (!todo.isEmpty()) {
      Step step = todo.pop();
      ThreadNode n = step.node();
      if (n == null) {
        out.append(')');
        continue;
      }
      if (step.opens()) {
        out.append('(');
        todo.push(new Step(null, false));
      }
      var row = n.row;
      if (row != null) {
        if (!step.opens()) {
          out.append(' ');
        }
        out.append(number.applyAsInt(row.uid()));
      }
      if (n.children.size() == 1 && row != null) {
        todo.push(new Step(n.children.get(0), false));
      } else if (!n.children.isEmpty()) {
        if (row != null) {
          out.append(' ');
        }
        for (int i = n.children.size() - 1; i >= 0; i--) {
          todo.push(new Step(n.children.get(i), true));
        }
      }
    }
  }
}
