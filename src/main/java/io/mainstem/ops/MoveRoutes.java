package io.mainstem.ops;

import io.mainstem.cell.OtherCells;
import io.mainstem.directory.Account;
import io.mainstem.directory.CellCard;
import io.mainstem.directory.Directory;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The cells of the directory, and users who go from one to another, in the admin API:
 *
 * <pre>
 * GET    /admin/cells                     {cells: [cell…]}
 * POST   /admin/cells/NAME/enable         cell; new accounts and users of other cells may come to it
 * POST   /admin/cells/NAME/disable        cell; they may not. Its own users are served
 * DELETE /admin/cells/NAME                cell; it never comes back and is in the directory no more
 * POST   /admin/users/NAME/move {cell}    user; he is on his way, and works on meanwhile
 * DELETE /admin/users/NAME/move           user; he stays where he is, unless he has gone already
 *
 * cell: {name, enabled, own, reached, partitions, nodes: [{name, address, serving}]}
 * </pre>
 */
public final class MoveRoutes {
  /** This node, if it is one of a cell. */
  public record Here(String cell, OtherCells others) {}

  private final Directory directory;
  private final MailboxService mailboxes;
  private final @Nullable Here here;

  /**
   * @param here null: this node is alone
   */
  public MoveRoutes(Directory directory, MailboxService mailboxes, @Nullable Here here) {
    this.directory = directory;
    this.mailboxes = mailboxes;
    this.here = here;
  }

  public void mount(Router router) {
    router.get("/admin/cells").handler(this::list);
    router.post("/admin/cells/:name/enable").handler(request -> enable(request, true));
    router.post("/admin/cells/:name/disable").handler(request -> enable(request, false));
    router.delete("/admin/cells/:name").handler(this::forget);
    router.post("/admin/users/:name/move").handler(this::move);
    router.delete("/admin/users/:name/move").handler(this::giveUp);
  }

  private Here here() {
    Here known = here;
    if (known == null) {
      throw alone();
    }
    return known;
  }

  private static Rejected alone() {
    return new Rejected(Rule.NOT_FOUND, "This node is in no cell (cell.enabled).");
  }

  private void list(RoutingContext request) {
    Here now = here();
    directory
        .knownCells()
        .read()
        .onSuccess(
            cards -> {
              var cells = new JsonArray();
              cards.forEach(card -> cells.add(json(card, now)));
              AdminServer.answer(request, 200, new JsonObject().put("cells", cells));
            })
        .onFailure(request::fail);
  }

  private void enable(RoutingContext request, boolean enabled) {
    Here now = here();
    directory
        .knownCells()
        .setEnabled(request.pathParam("name"), enabled)
        .onSuccess(card -> AdminServer.answer(request, 200, json(card, now)))
        .onFailure(request::fail);
  }

  /** Only a cell that nobody can come to, that nobody hears of, and where nobody lives. */
  private void forget(RoutingContext request) {
    Here now = here();
    String cell = request.pathParam("name");
    directory
        .knownCells()
        .read()
        .compose(cards -> mayBeForgotten(cell, now))
        .compose(
            card ->
                directory
                    .accounts()
                    .anyIn(cell)
                    .compose(
                        account ->
                            account == null
                                ? directory.knownCells().forget(cell).map(card)
                                : refuse(
                                    Rule.CONFLICT,
                                    "Users live in cell %s or are on their way there, %s among them: move them to another first."
                                        .formatted(cell, account.address()))))
        .onSuccess(card -> AdminServer.answer(request, 200, json(card, now)))
        .onFailure(request::fail);
  }

  private Future<CellCard> mayBeForgotten(String cell, Here now) {
    CellCard card = directory.knownCells().known(cell);
    if (card == null) {
      return refuse(Rule.NOT_FOUND, "There is no cell of this name.");
    }
    if (isReached(cell, now)) {
      return refuse(
          Rule.CONFLICT, "Cell " + cell + " is heard of at this node: stop its nodes first.");
    }
    return card.enabled()
        ? refuse(
            Rule.CONFLICT,
            "Users may still come to cell %s: mainstem cell disable %s first."
                .formatted(cell, cell))
        : Future.succeededFuture(card);
  }

  /** The directory has the plan first; a mailbox that is told goes on by itself. */
  private void move(RoutingContext request) {
    Here now = here();
    JsonObject body = request.body().isEmpty() ? null : request.body().asJsonObject();
    if (body == null || !(body.getValue("cell") instanceof String cell) || cell.isEmpty()) {
      throw new Rejected(Rule.INVALID, "The body needs \"cell\", the name of one.");
    }
    answer(
        request,
        NamedAccount.fresh(directory.accounts(), request)
            .compose(account -> mayGoTo(cell, now).map(account))
            .compose(account -> directory.moves().plan(account.id(), cell))
            .compose(
                planned ->
                    mailboxes
                        .submit(
                            planned.id(),
                            new Command.Leave(
                                cell, Objects.requireNonNull(planned.move()).generation()))
                        .map(planned)));
  }

  private Future<CellCard> mayGoTo(String cell, Here now) {
    return directory
        .knownCells()
        .read()
        .compose(
            cards -> {
              CellCard card = directory.knownCells().known(cell);
              if (card == null) {
                return refuse(Rule.NOT_FOUND, "There is no cell of this name.");
              }
              if (!card.enabled()) {
                return refuse(
                    Rule.NOT_PERMITTED, "Cell " + cell + " is disabled: nobody comes to it.");
              }
              return isReached(cell, now)
                  ? Future.succeededFuture(card)
                  : refuse(Rule.BUSY, "Cell " + cell + " cannot be reached from this node now.");
            });
  }

  private void giveUp(RoutingContext request) {
    if (here == null) {
      throw alone();
    }
    answer(
        request,
        NamedAccount.fresh(directory.accounts(), request)
            .compose(
                account -> {
                  Account.Move move = account.move();
                  return move == null
                      ? refuse(Rule.CONFLICT, "The user is not on his way to another cell.")
                      : directory.moves().abort(account.id(), move.generation());
                }));
  }

  private static boolean isReached(String cell, Here now) {
    return cell.equals(now.cell()) || now.others().isReached(cell);
  }

  private static void answer(RoutingContext request, Future<Account> account) {
    account
        .onSuccess(done -> AdminServer.answer(request, 200, UserRoutes.json(done)))
        .onFailure(request::fail);
  }

  private static <T> Future<T> refuse(Rule rule, String text) {
    return Future.failedFuture(new Rejected(rule, text));
  }

  private static JsonObject json(CellCard card, Here now) {
    var nodes = new JsonArray();
    card.nodes()
        .forEach(
            node ->
                nodes.add(
                    new JsonObject()
                        .put("name", node.name())
                        .put("address", node.host() + ":" + node.port())
                        .put("serving", node.serving())));
    return new JsonObject()
        .put("name", card.name())
        .put("enabled", card.enabled())
        .put("own", card.name().equals(now.cell()))
        .put("reached", isReached(card.name(), now))
        .put("partitions", card.partitions())
        .put("nodes", nodes);
  }
}
