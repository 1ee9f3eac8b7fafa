"""A client of the department's REST API: submit, ask, recall, with signed requests.

from hocba_client import Client, RequestKey

key = RequestKey.from_pem("vendor-2026", Path("key.pem").read_bytes())
with Client("https://…", key) as client:
    package = client.submit("79267400001", 2025, Path("goi.xml").read_bytes())
    done = client.wait("79267400001", package.message_id)
    for result in client.results("79267400001", package.message_id, only="refused"):
        print(result.record_uuid, result.reason)
"""

from hocba_client.answers import Package, Reason, RecordResult, Token
from hocba_client.client import Client
from hocba_client.problems import ApiProblem, NoAnswer
from hocba_client.proofs import BearerToken, RequestKey

__all__ = [
    "ApiProblem",
    "BearerToken",
    "Client",
    "NoAnswer",
    "Package",
    "Reason",
    "RecordResult",
    "RequestKey",
    "Token",
]
