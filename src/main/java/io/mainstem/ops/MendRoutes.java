package io.mainstem.ops;

import io.mainstem.cell.move.Mending;
import io.mainstem.directory.Directory;
import io.mainstem.message.Rejected;
import io.mainstem.message.Rejected.Rule;
import io.vertx.core.Future;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Mailboxes whose logs have lost entries, in the admin API:
 *
 * <pre>
 * POST /admin/users/NAME/mend {look?}    mending; it begins, or with look: true only looks what is
 *                                        wrong. Goes on after the answer
 * GET  /admin/users/NAME/mend            mending; how far it is, or what came of it, at this node
 *
 * mending: {state: working|looked|mended|failed, failure?, generation?,
 *           finding?: {generation, damage?, keptUpTo, keptUntil?, behind, behindUntil?}}
 * </pre>
 */
public final class MendRoutes {
  private final Directory directory;
  private final @Nullable Mending mending;

  /**
   * @param mending null: this node is alone
   */
  public MendRoutes(Directory directory, @Nullable Mending mending) {
    this.directory = directory;
    this.mending = mending;
  }

  public void mount(Router router) {
    router.post("/admin/users/:name/mend").handler(this::begin);
    router.get("/admin/users/:name/mend").handler(this::show);
  }

  private Mending mending() {
    Mending known = mending;
    if (known == null) {
      throw new Rejected(Rule.NOT_FOUND, "This node is in no cell (cell.enabled).");
    }
    return known;
  }

  private void begin(RoutingContext request) {
    Mending known = mending();
    JsonObject body = request.body().isEmpty() ? null : request.body().asJsonObject();
    boolean onlyLook = body != null && Boolean.TRUE.equals(body.getValue("look"));
    NamedAccount.fresh(directory.accounts(), request)
        .map(account -> known.begin(account, onlyLook))
        .onSuccess(report -> AdminServer.answer(request, 202, json(report)))
        .onFailure(request::fail);
  }

  private void show(RoutingContext request) {
    Mending known = mending();
    NamedAccount.fresh(directory.accounts(), request)
        .compose(
            account -> {
              Mending.Report report = known.report(account.id());
              return report == null
                  ? Future.<Mending.Report>failedFuture(
                      new Rejected(
                          Rule.NOT_FOUND, "Nobody has asked this node to mend this mailbox."))
                  : Future.succeededFuture(report);
            })
        .onSuccess(report -> AdminServer.answer(request, 200, json(report)))
        .onFailure(request::fail);
  }

  private static JsonObject json(Mending.Report report) {
    var out = new JsonObject().put("state", report.state().name().toLowerCase(Locale.ROOT));
    if (report.failure() != null) {
      out.put("failure", report.failure());
    }
    if (report.generation() > 0) {
      out.put("generation", report.generation());
    }
    Mending.Finding finding = report.finding();
    if (finding != null) {
      out.put("finding", json(finding));
    }
    return out;
  }

  private static JsonObject json(Mending.Finding finding) {
    var out =
        new JsonObject()
            .put("generation", finding.generation())
            .put("keptUpTo", finding.keptUpTo())
            .put("behind", finding.behind());
    if (finding.damage() != null) {
      out.put("damage", finding.damage());
    }
    if (finding.keptUntil() != null) {
      out.put("keptUntil", finding.keptUntil().toString());
    }
    if (finding.behindUntil() != null) {
      out.put("behindUntil", finding.behindUntil().toString());
    }
    return out;
  }
}
