package io.mainstem.gateway.http.rendering;

/** A sanitised HTML body as a document of its own, readable at any width. */
public final class MailDocument {
  private MailDocument() {}

  /**
   * @param dark the colour scheme of the page around it; colours that the mail brings stay
   */
  public static String of(String safeHtml, boolean dark) {
    var scheme = dark ? "dark" : "light";
    var ink = dark ? "#e6e6ea" : "#1c1c22";
    var link = dark ? "#9db7ff" : "#1f4fd8";
    return """
        <!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="%s">\
        <meta name="viewport" content="width=device-width, initial-scale=1"><title>Mail</title><style>\
        html{color-scheme:%s}body{margin:0;font:15px/1.55 system-ui,sans-serif;color:%s;background:transparent;overflow-wrap:anywhere}\
        img{max-width:100%%;height:auto}table{max-width:100%%}pre{white-space:pre-wrap}a{color:%s}\
        img[data-blocked]{min-width:1.5em;min-height:1.5em;border:1px dashed currentColor;opacity:.5}\
        </style></head><body dir="auto">%s</body></html>"""
        .formatted(scheme, scheme, ink, link, safeHtml);
  }
}
