package io.mainstem.blob.s3;

import java.io.ByteArrayInputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.jspecify.annotations.Nullable;

/**
 * One page of what is in a bucket: of objects (ListObjectsV2) or of unfinished uploads
 * (ListMultipartUploads).
 *
 * @param next where the next page begins; null at the end
 */
record Listing(List<Item> items, @Nullable String next) {
  /**
   * @param uploadId null for an object
   */
  record Item(String name, Instant at, @Nullable String uploadId) {}

  /** Objects have a Contents element each, uploads an Upload element. */
  static Listing parse(byte[] xml) throws XMLStreamException {
    XMLStreamReader in = Xml.reader(xml);
    List<Item> items = new ArrayList<>();
    String next = null;
    boolean truncated = false;
    String name = "";
    Instant at = Instant.EPOCH;
    String uploadId = null;
    int depth = 0;
    while (in.hasNext()) {
      int event = in.next();
      if (event == XMLStreamConstants.START_ELEMENT) {
        depth++;
        String element = in.getLocalName();
        boolean item = depth == 3;
        if (item && element.equals("Key")) {
          name = in.getElementText();
          depth--;
        } else if (item && (element.equals("LastModified") || element.equals("Initiated"))) {
          at = Instant.parse(in.getElementText());
          depth--;
        } else if (item && element.equals("UploadId")) {
          uploadId = in.getElementText();
          depth--;
        } else if (element.equals("NextContinuationToken")) {
          next = in.getElementText();
          depth--;
        } else if (element.equals("IsTruncated")) {
          truncated = in.getElementText().equals("true");
          depth--;
        }
      } else if (event == XMLStreamConstants.END_ELEMENT) {
        depth--;
        if (in.getLocalName().equals("Contents") || in.getLocalName().equals("Upload")) {
          items.add(new Item(name, at, uploadId));
          uploadId = null;
        }
      }
    }
    return new Listing(List.copyOf(items), truncated ? next : null);
  }

  /** Small XML documents of the object store. */
  static final class Xml {
    private static final XMLInputFactory FACTORY = factory();

    private Xml() {}

    static XMLStreamReader reader(byte[] xml) throws XMLStreamException {
      return FACTORY.createXMLStreamReader(new ByteArrayInputStream(xml));
    }

    /** The text of the first element of a name; empty when there is none, or this is no XML. */
    static String text(byte[] xml, String element) {
      try {
        XMLStreamReader in = reader(xml);
        while (in.hasNext()) {
          if (in.next() == XMLStreamConstants.START_ELEMENT && in.getLocalName().equals(element)) {
            return in.getElementText();
          }
        }
      } catch (XMLStreamException e) {
        return "";
      }
      return "";
    }

    private static XMLInputFactory factory() {
      XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
      factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
      factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
      factory.setProperty(XMLInputFactory.IS_COALESCING, true);
      return factory;
    }
  }
}
