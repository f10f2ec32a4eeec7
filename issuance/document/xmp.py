"""The XMP packet: title, identifier, dates, and the claim of PDF/A-3u (ISO 19005-3 §6.6)."""

from datetime import datetime
from xml.sax.saxutils import escape

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
</rdf:Description></rdf:RDF></x:xmpmeta>
<?xpacket end="r"?>"""


def xmp_packet(title: str, identifier: str, moment: datetime) -> bytes:
    """The packet as UTF-8; its dates say the same as the Info dictionary's."""
    return _PACKET.format(
        title=escape(title),
        identifier=escape(identifier),
        moment=moment.astimezone(CHINA).isoformat(timespec="seconds"),
    ).encode()
