"""Names of XML Signature and XAdES: namespaces, algorithms, reference types.

Sources: W3C XML Signature Syntax and Processing 1.1; RFC 6931 (algorithm identifiers);
ETSI EN 319 132-1 (XAdES), namespace of version 1.3.2.
"""

from __future__ import annotations

XMLDSIG = "http://www.w3.org/2000/09/xmldsig#"
XADES = "http://uri.etsi.org/01903/v1.3.2#"
DS = f"{{{XMLDSIG}}}"
XA = f"{{{XADES}}}"

EXCLUSIVE_C14N = "http://www.w3.org/2001/10/xml-exc-c14n#"
INCLUSIVE_C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = XMLDSIG + "enveloped-signature"
SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256"
SHA384 = "http://www.w3.org/2001/04/xmldsig-more#sha384"
SHA512 = "http://www.w3.org/2001/04/xmlenc#sha512"
SIGNED_PROPERTIES_TYPE = "http://uri.etsi.org/01903#SignedProperties"

SIGNATURE = DS + "Signature"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
ID_ATTRIBUTES = ("Id", "ID", "id", XML_ID)
"""Attributes that other software may treat as identifiers."""
