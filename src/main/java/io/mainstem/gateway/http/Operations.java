package io.mainstem.gateway.http;

import io.mainstem.gateway.http.handlers.AcceptHandler;
import io.mainstem.gateway.http.handlers.Answer;
import io.mainstem.gateway.http.handlers.ChangeFolderHandler;
import io.mainstem.gateway.http.handlers.ChangeGroupHandler;
import io.mainstem.gateway.http.handlers.CountsHandler;
import io.mainstem.gateway.http.handlers.CreateFolderHandler;
import io.mainstem.gateway.http.handlers.DeclineHandler;
import io.mainstem.gateway.http.handlers.DeleteDraftHandler;
import io.mainstem.gateway.http.handlers.DeleteFolderHandler;
import io.mainstem.gateway.http.handlers.DeleteMessageHandler;
import io.mainstem.gateway.http.handlers.DownloadHandler;
import io.mainstem.gateway.http.handlers.EditHandler;
import io.mainstem.gateway.http.handlers.EndSessionHandler;
import io.mainstem.gateway.http.handlers.GetMessageHandler;
import io.mainstem.gateway.http.handlers.GetSettingsHandler;
import io.mainstem.gateway.http.handlers.GetThreadHandler;
import io.mainstem.gateway.http.handlers.ListDraftsHandler;
import io.mainstem.gateway.http.handlers.ListFoldersHandler;
import io.mainstem.gateway.http.handlers.ListMessagesHandler;
import io.mainstem.gateway.http.handlers.ListSessionsHandler;
import io.mainstem.gateway.http.handlers.ListThreadsHandler;
import io.mainstem.gateway.http.handlers.LoginHandler;
import io.mainstem.gateway.http.handlers.LogoutHandler;
import io.mainstem.gateway.http.handlers.MessageHtmlHandler;
import io.mainstem.gateway.http.handlers.MessageRawHandler;
import io.mainstem.gateway.http.handlers.MoveThreadHandler;
import io.mainstem.gateway.http.handlers.NotOfferedHandler;
import io.mainstem.gateway.http.handlers.Operation;
import io.mainstem.gateway.http.handlers.ReadHandler;
import io.mainstem.gateway.http.handlers.RetryHandler;
import io.mainstem.gateway.http.handlers.SaveDraftHandler;
import io.mainstem.gateway.http.handlers.SendHandler;
import io.mainstem.gateway.http.handlers.SetFlagsHandler;
import io.mainstem.gateway.http.handlers.SetSettingsHandler;
import io.mainstem.gateway.http.handlers.SetThreadSettingsHandler;
import io.mainstem.gateway.http.handlers.Streaming;
import io.mainstem.gateway.http.handlers.UndoHandler;
import io.mainstem.gateway.http.handlers.UnreadHandler;
import io.mainstem.gateway.http.handlers.UpdatesHandler;
import io.mainstem.gateway.http.handlers.UploadHandler;
import io.mainstem.gateway.http.handlers.WelcomeHandlers;
import io.mainstem.gateway.http.handlers.WhoAmIHandler;
import io.mainstem.mailbox.MailboxService;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;
import java.util.function.Function;

/**
 * Which class answers which operation of the contract; the start fails when one is missing.
 * Handlers hold nothing of their own: each request gets one, over the mailboxes as it asks them.
 */
final class Operations {
  private Operations() {}

  /** An operation over these mailboxes. */
  interface Answering extends Function<MailboxService, Operation> {}

  /** A streaming operation over these mailboxes. */
  interface Carrying extends Function<MailboxService, Streaming> {}

  static Map<String, Answering> answering(Vertx vertx, HttpParts parts, Shared shared) {
    var directory = parts.directory();
    return Map.ofEntries(
        Map.entry("login", always(new LoginHandler(directory, shared.authentication()))),
        Map.entry("whoAmI", always(new WhoAmIHandler())),
        Map.entry("logout", always(new LogoutHandler(directory.sessions()))),
        Map.entry("listSessions", always(new ListSessionsHandler(directory.sessions()))),
        Map.entry("endSession", always(new EndSessionHandler(directory.sessions()))),
        Map.entry("listThreads", ListThreadsHandler::new),
        Map.entry("getThread", GetThreadHandler::new),
        Map.entry(
            "listMessages",
            asked -> new ListMessagesHandler(asked, shared.bodies(), shared.handing())),
        Map.entry("read", ReadHandler::new),
        Map.entry("unread", UnreadHandler::new),
        Map.entry("moveThread", MoveThreadHandler::new),
        Map.entry("setThreadSettings", SetThreadSettingsHandler::new),
        Map.entry(
            "changeGroup", asked -> new ChangeGroupHandler(asked, shared.sending().recipients())),
        Map.entry("accept", AcceptHandler::new),
        Map.entry("decline", DeclineHandler::new),
        Map.entry("merge", always(new NotOfferedHandler())),
        Map.entry("unmerge", always(new NotOfferedHandler())),
        Map.entry("send", asked -> new SendHandler(shared.sending().over(asked))),
        Map.entry("getMessage", asked -> new GetMessageHandler(asked, shared.bodies())),
        Map.entry("deleteMessage", DeleteMessageHandler::new),
        Map.entry("setFlags", SetFlagsHandler::new),
        Map.entry("retry", RetryHandler::new),
        Map.entry("edit", asked -> new EditHandler(shared.sending().over(asked))),
        Map.entry("listDrafts", asked -> new ListDraftsHandler(asked, shared.uploads())),
        Map.entry("saveDraft", asked -> new SaveDraftHandler(asked, shared.sending())),
        Map.entry("deleteDraft", DeleteDraftHandler::new),
        Map.entry("undo", UndoHandler::new),
        Map.entry("getSettings", GetSettingsHandler::new),
        Map.entry("setSettings", SetSettingsHandler::new),
        Map.entry("listFolders", ListFoldersHandler::new),
        Map.entry("createFolder", CreateFolderHandler::new),
        Map.entry("changeFolder", ChangeFolderHandler::new),
        Map.entry("deleteFolder", DeleteFolderHandler::new),
        Map.entry(
            "updates",
            asked ->
                new UpdatesHandler(
                    vertx,
                    asked,
                    shared.frames(),
                    shared.handing(),
                    parts.config().pollMaxSeconds())),
        Map.entry("counts", CountsHandler::new),
        Map.entry("welcome", always(new WelcomeHandlers.Steps(parts.welcome()))),
        Map.entry("welcomeKey", always(new WelcomeHandlers.Key(parts.welcome()))),
        Map.entry("welcomeMail", always(new WelcomeHandlers.Mail(parts.welcome()))),
        Map.entry(
            "contract",
            always(
                call ->
                    Future.succeededFuture(
                        new Answer(
                            200,
                            "application/yaml; charset=utf-8",
                            shared.contract().yaml().copy(),
                            Map.of())))));
  }

  /** One that asks no mailbox. */
  private static Answering always(Operation operation) {
    return asked -> operation;
  }

  static Map<String, Carrying> streaming(HttpParts parts, Shared shared) {
    var upload =
        new UploadHandler(parts.blobs(), shared.uploads(), shared.uploading(), parts.config());
    return Map.of(
        "upload", asked -> upload,
        "download", asked -> new DownloadHandler(asked, parts.blobs(), shared.uploads()),
        "getMessageHtml", asked -> new MessageHtmlHandler(asked, shared.bodies()),
        "getMessageRaw", asked -> new MessageRawHandler(asked, parts.blobs()));
  }
}
