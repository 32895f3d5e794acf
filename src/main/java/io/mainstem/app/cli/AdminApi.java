package io.mainstem.app.cli;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the commands about users and cells ask of the running node. */
final class AdminApi {
  private static final long LOOK_MILLIS = 200;

  private final AdminClient admin;

  private AdminApi(AdminClient admin) {
    this.admin = admin;
  }

  /** Of the node that holds the data directory of these settings. */
  static AdminApi of(Settings settings) throws IOException {
    return new AdminApi(AdminClient.of(settings.load().data()));
  }

  // ---- users

  JsonObject addUser(String name, String password, @Nullable String displayName)
      throws IOException, InterruptedException {
    var body = new JsonObject().put("name", name).put("password", password);
    return admin.post(
        "/admin/users", displayName == null ? body : body.put("displayName", displayName));
  }

  /** A page of all users, after {@code next} of the page before. */
  JsonObject users(@Nullable String after) throws IOException, InterruptedException {
    return admin.get(
        after == null ? "/admin/users" : "/admin/users?after=" + AdminClient.encoded(after));
  }

  JsonObject user(String name) throws IOException, InterruptedException {
    return admin.get(user(name, ""));
  }

  JsonObject setPassword(String name, String password) throws IOException, InterruptedException {
    return admin.put(user(name, "/password"), new JsonObject().put("password", password));
  }

  JsonObject disable(String name) throws IOException, InterruptedException {
    return admin.post(user(name, "/disable"), new JsonObject());
  }

  JsonObject enable(String name) throws IOException, InterruptedException {
    return admin.post(user(name, "/enable"), new JsonObject());
  }

  JsonObject move(String name, String cell) throws IOException, InterruptedException {
    return admin.post(user(name, "/move"), new JsonObject().put("cell", cell));
  }

  JsonObject giveUpMove(String name) throws IOException, InterruptedException {
    return admin.delete(user(name, "/move"));
  }

  /** Begins to mend a mailbox, or only to look what is wrong with it. */
  void mend(String name, boolean onlyLook) throws IOException, InterruptedException {
    var unused = admin.post(user(name, "/mend"), new JsonObject().put("look", onlyLook));
  }

  /** How far that is, or what came of it. */
  JsonObject mending(String name) throws IOException, InterruptedException {
    return admin.get(user(name, "/mend"));
  }

  private static String user(String name, String action) {
    return "/admin/users/" + AdminClient.encoded(name) + action;
  }

  // ---- the cell of the node, and the others

  JsonObject cell() throws IOException, InterruptedException {
    return admin.get("/admin/cell");
  }

  /** Takes a node out of the ring. */
  JsonObject drain(String node) throws IOException, InterruptedException {
    return admin.post(node(node, "/drain"), new JsonObject());
  }

  /** Puts a node into the ring. */
  JsonObject serve(String node) throws IOException, InterruptedException {
    return admin.post(node(node, "/serve"), new JsonObject());
  }

  /** Takes a node out of the cell that never comes back. */
  JsonObject forgetNode(String node) throws IOException, InterruptedException {
    return admin.delete(node(node, ""));
  }

  private static String node(String name, String duty) {
    return "/admin/cell/nodes/" + AdminClient.encoded(name) + duty;
  }

  List<JsonObject> cells() throws IOException, InterruptedException {
    return objects(admin.get("/admin/cells"), "cells");
  }

  JsonObject enableCell(String cell, boolean enabled) throws IOException, InterruptedException {
    return admin.post(
        "/admin/cells/" + AdminClient.encoded(cell) + (enabled ? "/enable" : "/disable"),
        new JsonObject());
  }

  /** Takes a cell out of the directory that never comes back. */
  JsonObject forgetCell(String cell) throws IOException, InterruptedException {
    return admin.delete("/admin/cells/" + AdminClient.encoded(cell));
  }

  // ---- for both

  /** The objects of an array. */
  static List<JsonObject> objects(JsonObject holder, String field) {
    return holder.getJsonArray(field, new JsonArray()).stream()
        .map(JsonObject.class::cast)
        .toList();
  }

  /** Something that is looked at again and again. */
  interface Look {
    JsonObject now() throws IOException, InterruptedException;
  }

  /** Looks until it is as it should be; false when the time is over. */
  static boolean until(Look look, Duration atMost, Predicate<JsonObject> done)
      throws IOException, InterruptedException {
    long end = System.nanoTime() + atMost.toNanos();
    while (!done.test(look.now())) {
      if (System.nanoTime() >= end) {
        return false;
      }
      Thread.sleep(LOOK_MILLIS);
    }
    return true;
  }
}
