package io.mainstem.ops;

import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.FolderView;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.message.FolderId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;

/**
 * A user's folders in the admin API, for imports and exports.
 *
 * <pre>
 * GET  /admin/users/NAME/folders         → {folders: [{id, name, uidValidity, uidNext, messages, sizeBytes}]}
 * POST /admin/users/NAME/folders {name}  → {id}, of the folder that has this name by then
 * </pre>
 */
public final class FolderRoutes {
  private final Accounts accounts;
  private final MailboxService mailboxes;

  public FolderRoutes(Accounts accounts, MailboxService mailboxes) {
    this.accounts = accounts;
    this.mailboxes = mailboxes;
  }

  /** Mounts where a body arrives whole. */
  public void mount(Router router) {
    router.get("/admin/users/:name/folders").handler(this::list);
    router.post("/admin/users/:name/folders").handler(this::make);
  }

  private void list(RoutingContext request) {
    NamedAccount.of(accounts, request)
        .compose(account -> mailboxes.query(account.id(), new Query.Folders()))
        .onFailure(request::fail)
        .onSuccess(
            folders -> {
              JsonArray all = new JsonArray();
              folders.forEach(folder -> all.add(json(folder)));
              AdminServer.answer(request, 200, new JsonObject().put("folders", all));
            });
  }

  private void make(RoutingContext request) {
    JsonObject body = request.body().asJsonObject();
    String name = body == null ? null : body.getString("name");
    if (name == null) {
      request.fail(new Rejected(Rule.INVALID, "The body is {name}."));
      return;
    }
    NamedAccount.of(accounts, request)
        .compose(account -> folder(account, name))
        .onFailure(request::fail)
        .onSuccess(id -> AdminServer.answer(request, 200, new JsonObject().put("id", id.value())));
  }

  private Future<FolderId> folder(Account account, String name) {
    return mailboxes
        .query(account.id(), new Query.Folders())
        .compose(
            folders ->
                folders.stream()
                    .filter(folder -> folder.name().equals(name))
                    .findFirst()
                    .map(folder -> Future.succeededFuture(folder.id()))
                    .orElseGet(
                        () ->
                            mailboxes
                                .submit(account.id(), new Command.CreateFolder(name))
                                .map(made -> made.folder())));
  }

  private static JsonObject json(FolderView folder) {
    return new JsonObject()
        .put("id", folder.id().value())
        .put("name", folder.name())
        .put("uidValidity", folder.uidValidity())
        .put("uidNext", folder.uidNext())
        .put("messages", folder.messages())
        .put("sizeBytes", folder.sizeBytes());
  }
}
