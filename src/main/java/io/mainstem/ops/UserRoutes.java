package io.mainstem.ops;

import io.mainstem.directory.Account;
import io.mainstem.directory.Directory;
import io.mainstem.directory.Domain;
import io.mainstem.directory.Session;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Accounts in the admin API:
 *
 * <pre>
 * POST /admin/users {name, password?, displayName?}   201 user
 * GET  /admin/users?after=&amp;limit=                     {users: […], next?}
 * GET  /admin/users/NAME                              user
 * PUT  /admin/users/NAME/password {password}          user; its sessions end
 * POST /admin/users/NAME/disable, /enable             user
 * POST /admin/users/NAME/sessions {label?}            201 {token}: logs in without a password, for tools
 * GET  /admin/domains                                 {domains: […]}
 * PUT  /admin/domains/NAME {plusAddressing?, catchAll?, quotaBytes?}
 *
 * user: {id, name, address, displayName, addresses, disabled, created, cell, generation,
 *        move?: {cell, generation, since}}
 * </pre>
 */
public final class UserRoutes {
  private static final int MAX_PAGE = 1000;

  private final Directory directory;
  private final Duration sessionLifetime;

  public UserRoutes(Directory directory, Duration sessionLifetime) {
    this.directory = directory;
    this.sessionLifetime = sessionLifetime;
  }

  public void mount(Router router) {
    router.post("/admin/users").handler(this::create);
    router.get("/admin/users").handler(this::list);
    router.get("/admin/users/:name").handler(request -> answer(request, 200, known(request)));
    router
        .put("/admin/users/:name/password")
        .handler(
            request ->
                change(
                    request,
                    account ->
                        directory.setPassword(account.id(), text(body(request), "password"))));
    router
        .post("/admin/users/:name/disable")
        .handler(request -> change(request, account -> directory.disable(account.id())));
    router
        .post("/admin/users/:name/enable")
        .handler(request -> change(request, account -> directory.enable(account.id())));
    router.post("/admin/users/:name/sessions").handler(this::openSession);
    router.get("/admin/domains").handler(this::listDomains);
    router.put("/admin/domains/:name").handler(this::saveDomain);
  }

  private void create(RoutingContext request) {
    JsonObject body = body(request);
    answer(
        request,
        201,
        directory.createUser(
            text(body, "name"), optional(body, "displayName"), optional(body, "password")));
  }

  private void list(RoutingContext request) {
    String after = request.request().getParam("after");
    if (after != null && !after.matches("[a-z0-9-]{1,64}")) {
      throw new Rejected(Rule.INVALID, "\"after\" is the \"next\" of the page before");
    }
    int limit = limitOf(request);
    directory
        .accounts()
        .list(after == null ? null : new UserId(after), limit)
        .onSuccess(
            page -> {
              var users = new JsonArray();
              page.forEach(account -> users.add(json(account)));
              var answer = new JsonObject().put("users", users);
              if (page.size() == limit) {
                answer.put("next", page.get(limit - 1).id().value());
              }
              AdminServer.answer(request, 200, answer);
            })
        .onFailure(request::fail);
  }

  private void openSession(RoutingContext request) {
    String label = optional(body(request), "label");
    known(request)
        .compose(
            account ->
                directory
                    .sessions()
                    .open(
                        account.id(),
                        Session.Kind.TOKEN,
                        label == null ? "admin" : label,
                        sessionLifetime))
        .onSuccess(
            opened ->
                AdminServer.answer(request, 201, new JsonObject().put("token", opened.token())))
        .onFailure(request::fail);
  }

  private void listDomains(RoutingContext request) {
    var domains = new JsonArray();
    directory.domains().list().forEach(domain -> domains.add(json(domain)));
    AdminServer.answer(request, 200, new JsonObject().put("domains", domains));
  }

  private void saveDomain(RoutingContext request) {
    JsonObject body = body(request);
    String catchAll = optional(body, "catchAll");
    Future<@Nullable UserId> receiver =
        catchAll == null
            ? Future.succeededFuture()
            : NamedAccount.of(directory.accounts(), catchAll).map(account -> account.id());
    receiver
        .map(
            user ->
                new Domain(
                    request.pathParam("name"),
                    body.getBoolean("plusAddressing", true),
                    user,
                    body.getLong("quotaBytes", 0L)))
        .compose(domain -> directory.domains().save(domain).map(domain))
        .onSuccess(domain -> AdminServer.answer(request, 200, json(domain)))
        .onFailure(request::fail);
  }

  private void change(RoutingContext request, Function<Account, Future<Account>> change) {
    answer(request, 200, known(request).compose(change));
  }

  private Future<Account> known(RoutingContext request) {
    return NamedAccount.of(directory.accounts(), request);
  }

  private static void answer(RoutingContext request, int status, Future<Account> account) {
    account
        .onSuccess(done -> AdminServer.answer(request, status, json(done)))
        .onFailure(request::fail);
  }

  private static JsonObject body(RoutingContext request) {
    JsonObject body = request.body().isEmpty() ? null : request.body().asJsonObject();
    return body == null ? new JsonObject() : body;
  }

  private static String text(JsonObject body, String field) {
    String text = optional(body, field);
    if (text == null || text.isEmpty()) {
      throw new Rejected(Rule.INVALID, "The body needs \"" + field + "\".");
    }
    return text;
  }

  /** Vert.x would take a number for a text too. */
  private static @Nullable String optional(JsonObject body, String field) {
    return switch (body.getValue(field)) {
      case null -> null;
      case String text -> text;
      default -> throw new Rejected(Rule.INVALID, "\"" + field + "\" is a text.");
    };
  }

  static int limitOf(RoutingContext request) {
    String limit = request.request().getParam("limit");
    if (limit == null) {
      return MAX_PAGE;
    }
    if (!limit.matches("[1-9][0-9]{0,3}")) {
      throw new Rejected(Rule.INVALID, "\"limit\" is a number from 1 to " + MAX_PAGE);
    }
    return Math.min(MAX_PAGE, Integer.parseInt(limit));
  }

  static JsonObject json(Account account) {
    var json =
        new JsonObject()
            .put("id", account.id().value())
            .put("name", account.name())
            .put("address", account.address())
            .put("displayName", account.displayName())
            .put("addresses", new JsonArray(account.addresses()))
            .put("disabled", account.disabled())
            .put("created", Instant.ofEpochMilli(account.createdMillis()).toString())
            .put("cell", account.cell())
            .put("generation", account.generation());
    Account.Move move = account.move();
    return move == null
        ? json
        : json.put(
            "move",
            new JsonObject()
                .put("cell", move.cell())
                .put("generation", move.generation())
                .put("since", Instant.ofEpochMilli(move.startedMillis()).toString()));
  }

  private static JsonObject json(Domain domain) {
    var json =
        new JsonObject()
            .put("name", domain.name())
            .put("plusAddressing", domain.plusAddressing())
            .put("quotaBytes", domain.quotaBytes());
    UserId catchAll = domain.catchAll();
    return catchAll == null ? json : json.put("catchAll", catchAll.value());
  }
}
