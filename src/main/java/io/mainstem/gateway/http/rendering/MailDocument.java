package io.mainstem.gateway.http.rendering;

/**
 * A sanitised HTML body as a document of its own, readable at any width; behind each link stands
 * the host that it really leads to.
 */
public final class MailDocument {
  private MailDocument() {}

  /**
   * @param dark the colour scheme of the page around it; colours that the mail brings stay
   */
  public static String of(String safeHtml, boolean dark) {
    var scheme = dark ? "dark" : "light";
    var ink = dark ? "#e7efed" : "#13201f";
    var link = dark ? "#6cccd4" : "#0a6670";
    var warning = dark ? "#ff9d92" : "#b0261c";
    return """
    <!doctype html><html><head><meta charset="utf-8"><meta name="color-scheme" content="%s">\
    <meta name="viewport" content="width=device-width, initial-scale=1"><title>Mail</title><style>\
    html{color-scheme:%s}body{margin:0;font:15px/1.55 Inter,ui-sans-serif,system-ui,-apple-system,Segoe UI,Roboto,Noto Sans,sans-serif;color:%s;background:transparent;overflow-wrap:anywhere}\
    img{max-width:100%%;height:auto}table{max-width:100%%}pre{white-space:pre-wrap}a{color:%s}\
    blockquote{margin:.5em 0;padding-inline-start:.9em;border-inline-start:3px solid color-mix(in srgb,currentColor 25%%,transparent)}\
    a[data-host]:not([data-plain])::after{content:" [" attr(data-host) "]";font-size:.8em;opacity:.85;display:inline-block;text-decoration:none;margin-inline-start:.3em;unicode-bidi:isolate}\
    a[data-lie]::after{color:%s;font-weight:600;opacity:1}\
    img[data-blocked]{min-width:1.5em;height:2.5em;border:1px dashed currentColor;opacity:.5}\
    </style></head><body dir="auto">%s</body></html>\
    """
        .formatted(scheme, scheme, ink, link, warning, safeHtml);
  }
}
