package io.mainstem.ops;

import io.mainstem.directory.Account;
import io.mainstem.directory.Accounts;
import io.mainstem.mailbox.Command;
import io.mainstem.mailbox.MailboxService;
import io.mainstem.mailbox.Query;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.mainstem.message.UserId;
import io.vertx.core.Future;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Instant;
import java.util.List;

/**
 * Messages given up, in the admin API. They stand in their senders' logs, so all of them are found
 * by asking each account.
 *
 * <pre>
 * GET  /admin/dead-letters?user=NAME            {deadLetters: […]}
 * GET  /admin/dead-letters?after=&amp;limit=         {deadLetters: […], next?}: of "limit" accounts after "after"
 * POST /admin/dead-letters/retry {user, message?}  {retried: n}: one message, or all of the user's
 *
 * dead letter: {user, address, message, thread, recipient, reason, failed}
 * </pre>
 */
public final class DeadLetterRoutes {
  private static final int MAX_ACCOUNTS = 1000;

  private final Accounts accounts;
  private final MailboxService mailboxes;

  public DeadLetterRoutes(Accounts accounts, MailboxService mailboxes) {
    this.accounts = accounts;
    this.mailboxes = mailboxes;
  }

  public void mount(Router router) {
    router.get("/admin/dead-letters").handler(this::list);
    router.post("/admin/dead-letters/retry").handler(this::retry);
  }

  private void list(RoutingContext request) {
    String user = request.request().getParam("user");
    if (user != null) {
      NamedAccount.of(accounts, user)
          .compose(account -> of(account))
          .onSuccess(
              letters ->
                  AdminServer.answer(request, 200, new JsonObject().put("deadLetters", letters)))
          .onFailure(request::fail);
      return;
    }
    String after = request.request().getParam("after");
    if (after != null && !after.matches("[a-z0-9-]{1,64}")) {
      throw new Rejected(Rule.INVALID, "\"after\" is the \"next\" of the page before");
    }
    int limit = Math.min(MAX_ACCOUNTS, UserRoutes.limitOf(request));
    accounts
        .list(after == null ? null : new UserId(after), limit)
        .compose(
            page ->
                ofAll(page, 0, new JsonArray())
                    .map(
                        letters -> {
                          var answer = new JsonObject().put("deadLetters", letters);
                          return page.size() < limit
                              ? answer
                              : answer.put("next", page.get(limit - 1).id().value());
                        }))
        .onSuccess(answer -> AdminServer.answer(request, 200, answer))
        .onFailure(request::fail);
  }

  /** One after the other: a survey of the accounts is never worth a crowd of cold mailboxes. */
  private Future<JsonArray> ofAll(List<Account> page, int at, JsonArray found) {
    return at == page.size()
        ? Future.succeededFuture(found)
        : of(page.get(at)).compose(letters -> ofAll(page, at + 1, found.addAll(letters)));
  }

  private Future<JsonArray> of(Account account) {
    return mailboxes
        .query(account.id(), new Query.DeadLetters())
        .map(
            letters -> {
              var found = new JsonArray();
              for (Query.DeadLetter letter : letters) {
                found.add(
                    new JsonObject()
                        .put("user", account.name())
                        .put("address", account.address())
                        .put("message", letter.message().value())
                        .put("thread", letter.thread().value())
                        .put("recipient", letter.recipient().address())
                        .put("reason", letter.reason())
                        .put("failed", Instant.ofEpochMilli(letter.failedMillis()).toString()));
              }
              return found;
            });
  }

  private void retry(RoutingContext request) {
    JsonObject body = request.body().isEmpty() ? new JsonObject() : request.body().asJsonObject();
    if (body == null || !(body.getValue("user") instanceof String user)) {
      throw new Rejected(Rule.INVALID, "The body needs \"user\".");
    }
    Object message = body.getValue("message");
    if (message != null && !(message instanceof String id && MessageId.isUlid(id))) {
      throw new Rejected(Rule.INVALID, "\"message\" is the id of a message.");
    }
    NamedAccount.of(accounts, user)
        .compose(
            account ->
                (message instanceof String id
                        ? Future.succeededFuture(List.of(new MessageId(id)))
                        : failed(account))
                    .compose(ids -> retryAll(account, ids, 0, 0)))
        .onSuccess(
            retried -> AdminServer.answer(request, 200, new JsonObject().put("retried", retried)))
        .onFailure(request::fail);
  }

  private Future<List<MessageId>> failed(Account account) {
    return mailboxes
        .query(account.id(), new Query.DeadLetters())
        .map(letters -> letters.stream().map(Query.DeadLetter::message).distinct().toList());
  }

  private Future<Integer> retryAll(Account account, List<MessageId> ids, int at, int retried) {
    return at == ids.size()
        ? Future.succeededFuture(retried)
        : mailboxes
            .submit(account.id(), new Command.Retry(ids.get(at)))
            .compose(done -> retryAll(account, ids, at + 1, retried + (done.changed() ? 1 : 0)));
  }
}
