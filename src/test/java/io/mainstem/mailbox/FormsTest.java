package io.mainstem.mailbox;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.mainstem.app.ComposedForms;
import io.mainstem.message.Channel;
import io.mainstem.message.FolderId;
import io.mainstem.message.Headers;
import io.mainstem.message.MailForm;
import io.mainstem.message.Message;
import io.mainstem.message.MessageId;
import io.mainstem.message.Rejected;
import io.mainstem.mime.MailComposer;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** How chats look as mail is decided once, and mail that answers one finds its thread. */
class FormsTest {
  private final Town town = new Town("alice", "bob", "carol");

  private MailForm form(String user, MessageId id) {
    return town.ask(user, new Query.Form(id)).form();
  }

  @Test
  void aChatRefersToThoseBeforeIt() {
    var ids = new ArrayList<String>();
    for (int i = 0; i < 13; i++) {
      ids.add(town.chat("alice", "hi " + i, "bob").id().value());
    }
    var last = form("alice", new MessageId(ids.get(12)));
    assertEquals(ids.subList(2, 12), last.references());
    assertEquals(List.of(), form("alice", new MessageId(ids.get(0))).references());
    assertEquals("Chat with bob", last.subject());
  }

  @Test
  void itsFormStaysAfterReplay() {
    var id = town.chat("alice", "one", "bob").id();
    town.chat("alice", "two", "bob");
    var before = town.ask("alice", new Query.Form(id));
    var box = town.at("alice").replayed(town.at("alice").log);
    box.warm.clear();
    assertEquals(before, box.ask(new Query.Form(id), town.now));
  }

  @Test
  void aMailThatAnswersAChatOfAGroupStaysInItsThread() {
    var group =
        town.submit(
            "alice",
            Command.Send.of(
                town.id(),
                null,
                Town.message(Channel.CHAT, Town.person("alice"), List.of(), "", "all of us"),
                List.of(Town.person("bob"), Town.person("carol")),
                "Friends"));
    assertEquals("Chat with Friends", form("alice", group.id()).subject());
    var headers =
        Headers.of(
            "answer@client",
            MailForm.chatId(group.id().value()),
            List.of(MailForm.chatId(group.id().value())),
            null);
    var answer =
        town.arrives(
            "alice",
            Message.of(
                Channel.MAIL,
                Town.outsider("dora@elsewhere.example"),
                List.of(Town.person("alice")),
                "Re: Chat with Friends",
                "by mail",
                headers));
    assertEquals(group.thread(), answer.thread());
    assertNotEquals(group.id(), answer.id());
  }

  @Test
  void whatCameAsMailHasNoFormAndChatsTakesNoMail() {
    var mail = Town.message(Channel.MAIL, Town.person("bob"), List.of(), "s", "t");
    var refused =
        assertThrows(
            Rejected.class,
            () ->
                town.submit(
                    "alice",
                    Command.Append.of(
                        town.id(), FolderId.CHATS, mail, Set.of(), town.now, 0, null)));
    assertEquals(Rejected.Rule.NOT_PERMITTED, refused.rule());
    assertNotNull(
        town.submit(
            "alice",
            Command.Append.of(town.id(), FolderId.CHATS, mail, Set.of(), town.now, 0, "hash")));
  }

  @Test
  void bodiesTellRawFromWritten() {
    town.at("alice").forms = new ComposedForms();
    var chat = town.chat("alice", "Grüße", "bob");
    var page = town.ask("alice", new Query.Bodies(FolderId.CHATS, 1, Integer.MAX_VALUE));
    assertEquals(0, page.next());
    var written = page.bodies().get(0).written();
    assertNotNull(written);
    assertEquals(chat.id(), written.id());
    assertEquals("Grüße", written.message().text());
    var mail =
        MailComposer.compose(
            written.message(),
            written.id(),
            written.form(),
            range -> InputStream.nullInputStream());
    assertEquals(mail.sizeBytes(), page.bodies().get(0).placement().sizeBytes());
  }
}
