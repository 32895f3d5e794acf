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
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.util.Map;

/** Which class answers which operation of the contract; the start fails when one is missing. */
final class Operations {
  private Operations() {}

  static Map<String, Operation> answering(Vertx vertx, HttpParts parts, Shared shared) {
    var mailboxes = parts.mailboxes();
    var directory = parts.directory();
    return Map.ofEntries(
        Map.entry("login", new LoginHandler(directory, shared.authentication())),
        Map.entry("whoAmI", new WhoAmIHandler()),
        Map.entry("logout", new LogoutHandler(directory.sessions())),
        Map.entry("listSessions", new ListSessionsHandler(directory.sessions())),
        Map.entry("endSession", new EndSessionHandler(directory.sessions())),
        Map.entry("listThreads", new ListThreadsHandler(mailboxes)),
        Map.entry("getThread", new GetThreadHandler(mailboxes)),
        Map.entry(
            "listMessages", new ListMessagesHandler(mailboxes, shared.bodies(), shared.handing())),
        Map.entry("read", new ReadHandler(mailboxes)),
        Map.entry("unread", new UnreadHandler(mailboxes)),
        Map.entry("moveThread", new MoveThreadHandler(mailboxes)),
        Map.entry("setThreadSettings", new SetThreadSettingsHandler(mailboxes)),
        Map.entry("changeGroup", new ChangeGroupHandler(mailboxes, shared.sending().recipients())),
        Map.entry("accept", new AcceptHandler(mailboxes)),
        Map.entry("decline", new DeclineHandler(mailboxes)),
        Map.entry("merge", new NotOfferedHandler()),
        Map.entry("unmerge", new NotOfferedHandler()),
        Map.entry("send", new SendHandler(shared.sending())),
        Map.entry("getMessage", new GetMessageHandler(mailboxes, shared.bodies())),
        Map.entry("deleteMessage", new DeleteMessageHandler(mailboxes)),
        Map.entry("setFlags", new SetFlagsHandler(mailboxes)),
        Map.entry("retry", new RetryHandler(mailboxes)),
        Map.entry("edit", new EditHandler(shared.sending())),
        Map.entry("listDrafts", new ListDraftsHandler(mailboxes, shared.uploads())),
        Map.entry("saveDraft", new SaveDraftHandler(mailboxes, shared.sending())),
        Map.entry("deleteDraft", new DeleteDraftHandler(mailboxes)),
        Map.entry("undo", new UndoHandler(mailboxes)),
        Map.entry("getSettings", new GetSettingsHandler(mailboxes)),
        Map.entry("setSettings", new SetSettingsHandler(mailboxes)),
        Map.entry("listFolders", new ListFoldersHandler(mailboxes)),
        Map.entry("createFolder", new CreateFolderHandler(mailboxes)),
        Map.entry("changeFolder", new ChangeFolderHandler(mailboxes)),
        Map.entry("deleteFolder", new DeleteFolderHandler(mailboxes)),
        Map.entry(
            "updates",
            new UpdatesHandler(
                vertx,
                mailboxes,
                shared.frames(),
                shared.handing(),
                parts.config().pollMaxSeconds())),
        Map.entry("counts", new CountsHandler(mailboxes)),
        Map.entry("welcome", new WelcomeHandlers.Steps(parts.welcome())),
        Map.entry("welcomeKey", new WelcomeHandlers.Key(parts.welcome())),
        Map.entry("welcomeMail", new WelcomeHandlers.Mail(parts.welcome())),
        Map.entry(
            "contract",
            call ->
                Future.succeededFuture(
                    new Answer(
                        200,
                        "application/yaml; charset=utf-8",
                        shared.contract().yaml().copy(),
                        Map.of()))));
  }

  static Map<String, Streaming> streaming(HttpParts parts, Shared shared) {
    return Map.of(
        "upload",
            new UploadHandler(parts.blobs(), shared.uploads(), shared.uploading(), parts.config()),
        "download", new DownloadHandler(parts.mailboxes(), parts.blobs(), shared.uploads()),
        "getMessageHtml", new MessageHtmlHandler(parts.mailboxes(), shared.bodies()),
        "getMessageRaw", new MessageRawHandler(parts.mailboxes(), parts.blobs()));
  }
}
