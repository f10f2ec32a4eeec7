"""The XMP packet: title, identifier, dates, and the claim of PDF/A-3u (ISO 19005-3 §6.6)."""

from datetime import datetime
from xml.sax.saxutils import escape

from certstore.annotations import Annotation
from certstore.clock import CHINA

_PACKET = """<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:dc="http://purl.org/dc/elements/1.1/" \
xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:pdfaid="http://www.aiim.org/pdfa/ns/id/">
<pdfaid:part>3</pdfaid:part><pdfaid:conformance>U</pdfaid:conformance>
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">{title}</rdf:li></rdf:Alt></dc:title>
<dc:identifier>{identifier}</dc:identifier><dc:format>application/pdf</dc:format>
<dc:language><rdf:Bag><rdf:li>zh-CN</rdf:li></rdf:Bag></dc:language>
<xmp:CreateDate>{moment}</xmp:CreateDate><xmp:ModifyDate>{moment}</xmp:ModifyDate>
</rdf:Description>{further}</rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


# A schema that PDF/A does not know is described in the packet itself (ISO 19005-3 §6.6.2.3.3).
_COPY_SPACE = "urn:certstore:annotated-copy"
_COPY_SCHEMA = """<rdf:Description rdf:about="" \
xmlns:pdfaExtension="http://www.aiim.org/pdfa/ns/extension/" \
xmlns:pdfaSchema="http://www.aiim.org/pdfa/ns/schema#" \
xmlns:pdfaProperty="http://www.aiim.org/pdfa/ns/property#">
<pdfaExtension:schemas><rdf:Bag><rdf:li rdf:parseType="Resource">
<pdfaSchema:schema>Annotated copy (GB/T 36903)</pdfaSchema:schema>
<pdfaSchema:namespaceURI>{space}</pdfaSchema:namespaceURI><pdfaSchema:prefix>jzj</pdfaSchema:prefix>
<pdfaSchema:property><rdf:Seq>{described}</rdf:Seq></pdfaSchema:property>
</rdf:li></rdf:Bag></pdfaExtension:schemas></rdf:Description>
<rdf:Description rdf:about="" xmlns:jzj="{space}">{said}</rdf:Description>"""
_COPY_PROPERTY = """<rdf:li rdf:parseType="Resource"><pdfaProperty:name>{name}</pdfaProperty:name>\
<pdfaProperty:valueType>{kind}</pdfaProperty:valueType>\
<pdfaProperty:category>external</pdfaProperty:category>\
<pdfaProperty:description>{what}</pdfaProperty:description></rdf:li>"""
_COPY_PROPERTIES = {
    "JZJZZSJ": ("Date", "when the copy was made"),
    "JZJZZZ": ("Text", "who made the copy"),
    "JZJZZSY": ("Text", "what the copy is for"),
    "JZJYXQJZSJ": ("Date", "until when the copy is good"),
}


def copy_metadata(annotation: Annotation) -> str:
    """The four annotations of a copy with the description of their schema."""
    said = annotation.as_json()
    return _COPY_SCHEMA.format(
        space=_COPY_SPACE,
        described="".join(
            _COPY_PROPERTY.format(name=name, kind=kind, what=what)
            for name, (kind, what) in _COPY_PROPERTIES.items()
        ),
        said="".join(f"<jzj:{n}>{escape(said[n])}</jzj:{n}>" for n in _COPY_PROPERTIES),
    )


def xmp_packet(title: str, identifier: str, moment: datetime, further: str = "") -> bytes:
    """The packet as UTF-8; its dates say the same as the Info dictionary's.

    `further` are RDF descriptions to be added, well formed.
    """
    return _PACKET.format(
        title=escape(title),
        identifier=escape(identifier),
        moment=moment.astimezone(CHINA).isoformat(timespec="seconds"),
        further=further,
    ).encode()
